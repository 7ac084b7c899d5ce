"""Markdown that is made of the code: limits, remedies, checks, evidence."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import kgrad
from kgrad import signs
from kgrad.records import Finding, Remedy
from kgrad.remedies import evidence
from kgrad.signs.checks import CHECKS
from tests.signs.found import every_finding, of_check
from zoo.results.text import markdown_table

RUNS = Path(__file__).parent.parent / "pictures" / "runs.json"
"""What `python -m tests.pictures_of_signs` saw in the runs it drew."""


def table_of_signs(folder: str = "") -> str:
    """Every sign, with a link to its page.

    Args:
        folder: Of the pages, as seen from the page with the table.
    """
    rows = []
    for name in names_of_signs():
        what = "; ".join(kind.description for kind in _rules(name))
        rows.append([f"[`{name}`]({folder}{name}.md)", what])
    return markdown_table(["sign", "what is seen"], rows)


def names_of_signs() -> list[str]:
    """Every sign once, the gravest first."""
    return list(dict.fromkeys(kind.name for kind in signs.SIGNS))


def run_of(sign: str) -> str:
    """Which run the picture shows, what kgrad says of it and advises."""
    shown = json.loads(RUNS.read_text(encoding="utf-8"))[sign]
    told = shown["sentence"]
    run = (
        f"The run is `{shown['case']}` of the [clinic](../clinic.md), "
        f"{shown['steps']} steps. kgrad says of it:"
    )
    code = f"```python\n{shown['code']}\n```"
    advice = f"and, to be tried first ({shown['remedy']}):"
    return f"{run}\n\n> {told}\n\n{advice}\n\n{code}"


def rules_of(sign: str) -> str:
    """How a sign is decided: what its classes say, with their limits."""
    parts = []
    for kind in _rules(sign):
        parts.append(f"`kgrad.signs.{kind.__name__}`: {kind.description}.")
        parts += _of_class(kind)
    own = [check for check in CHECKS if check.sign == sign]
    if own:
        rows = [
            [f"[`{c.name}`](../checks.md)", _sentence(c.description)]
            for c in own
        ]
        parts += [
            "These checks belong to it:",
            markdown_table(["check", "what it looks for"], rows),
        ]
    return "\n\n".join(parts)


def remedies_of(sign: str) -> str:
    """What can be changed, and what that did in the clinic."""
    clinic, rows = evidence.load(), []
    for remedy in _remedies()[sign].values():
        counts = evidence.total(sign, remedy.id, clinic)
        gone = f"{counts.gone} of {counts.tried}" if counts else ""
        better = f"{counts.improved} of {counts.tried}" if counts else ""
        rows.append(
            [
                f"[{remedy.name}](../remedies.md)",
                _cell(remedy.cures),
                _cell(remedy.does_not_cure),
                gone,
                better,
            ]
        )
    head = ["remedy", "what it does", "what it leaves", "sign gone", "better"]
    if any(row[3] for row in rows):
        return markdown_table(head, rows)
    table = markdown_table(head[:3], [row[:3] for row in rows])
    return f"{table}\n\nThe clinic has not tried them."


def every_remedy() -> str:
    """Each remedy once, with an example of its code and the signs it is for."""
    for_signs: dict[str, list[str]] = {}
    examples: dict[str, Remedy] = {}
    for sign, of_sign in _remedies().items():
        for remedy in of_sign.values():
            examples.setdefault(remedy.id, remedy)
            for_signs.setdefault(remedy.id, []).append(sign)
    parts = []
    for id_, remedy in sorted(examples.items(), key=lambda item: item[1].name):
        named = ", ".join(f"[`{s}`](signs/{s}.md)" for s in for_signs[id_])
        parts.append(
            f"### {remedy.name[:1].upper()}{remedy.name[1:]} "
            f"(`{id_}`)\n\n{_sentence(remedy.cures)} What it leaves: "
            f"{remedy.does_not_cure}. Named for {named}.\n\n"
            f"```python\n{remedy.code}\n```"
        )
    return "\n\n".join(parts)


def evidence_table() -> str:
    """What every remedy did that was tried in the clinic, by sign."""
    clinic, rows = evidence.load(), []
    for sign in names_of_signs():
        tried = dict.fromkeys(r for s, _, r in clinic if s == sign)
        counted = [(r, evidence.total(sign, r, clinic)) for r in tried]
        for remedy, e in sorted(counted, key=_share, reverse=True):
            assert e is not None
            words = remedy.replace("_", " ")
            rows.append(
                [
                    f"[`{sign}`](signs/{sign}.md)",
                    words,
                    e.tried,
                    e.gone,
                    e.improved,
                ]
            )
    head = ["sign", "remedy", "runs", "sign gone", "metric better"]
    return markdown_table(head, rows)


def _share(pair: tuple[str, evidence.Evidence | None]) -> float:
    return pair[1].gone / pair[1].tried if pair[1] else 0.0


def every_check() -> str:
    """Each check with what it says of a case, by the sign it belongs to."""
    parts = []
    for sign in dict.fromkeys(check.sign for check in CHECKS):
        own = [check for check in CHECKS if check.sign == sign]
        parts.append(f"### `{sign}`")
        for check in own:
            found = next(iter(of_check(check.name)))
            hint = " A hint: worth knowing, no problem." * check.is_hint
            after = " In training only." * check.needs_training
            parts.append(
                f"**`{check.name}`**: {check.description}.{hint}{after}"
            )
            parts += [f"> {found.explanation}", *_of_class(check)]
    return "\n\n".join(parts)


def _of_class(kind: type) -> Iterator[str]:
    """The docstring of a class, and its limits as a table."""
    text, arguments, references = docstring(kind)
    yield text
    signature = inspect.signature(kind).parameters
    rows = [
        [f"`{name}`", f"{signature[name].default:g}", _cell(meaning)]
        for name, meaning in arguments.items()
        if name in signature
    ]
    if rows:
        yield markdown_table(["limit", "default", "meaning"], rows)
    if references:
        yield f"Reference: {references}"


def docstring(kind: type) -> tuple[str, Mapping[str, str], str]:
    """What a class is, its arguments by name, and its references."""
    text = inspect.getdoc(kind) or ""
    parts = re.split(r"\n\n(Args|References|Attributes):\n", text)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    found: dict[str, str] = {}
    for line in sections.get("Args", "").splitlines():
        begin = re.fullmatch(r"    (\w+): (.*)", line)
        if begin:
            found[begin[1]] = begin[2]
        elif line.strip():
            last = next(reversed(found))
            found[last] += f" {line.strip()}"
    references = " ".join(sections.get("References", "").split())
    return parts[0], found, references


def public(module: str) -> str:
    """The docstrings of all that a module exports, for autodoc.

    Args:
        module: Its name. What `kgrad` itself exports is on another page.
    """
    package, lines = importlib.import_module(module), []
    for name in package.__all__:
        thing = getattr(package, name)
        if name in kgrad.__all__ or inspect.ismodule(thing):
            continue
        kind = "class" if isinstance(thing, type) else "data"
        kind = "function" if inspect.isfunction(thing) else kind
        lines.append(f".. auto{kind}:: {module}.{name}")
        lines += ["   :members:"] * (kind == "class")
        lines += ["   :no-value:"] * (kind == "data")
        lines.append("")
    return "\n".join(["```{eval-rst}", *lines, "```"])


def _rules(sign: str) -> Sequence[Any]:
    return [kind for kind in signs.SIGNS if kind.name == sign]


@cache
def _remedies() -> Mapping[str, Mapping[str, Remedy]]:
    """By sign and id, in the order in which the cases name them."""
    found: dict[str, dict[str, Remedy]] = {n: {} for n in names_of_signs()}
    findings: Iterable[Finding] = every_finding()
    for finding in findings:
        for remedy in finding.remedies:
            found[finding.sign].setdefault(remedy.id, remedy)
    return found


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def _cell(text: str) -> str:
    """Text within a row of a table."""
    return " ".join(text.split()).replace("|", r"\|")
