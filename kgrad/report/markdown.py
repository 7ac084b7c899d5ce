"""The report as Markdown; no text from a file is Markdown itself."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from kgrad.report.labels import printable
from kgrad.report.pictures import Picture
from kgrad.report.report import Report, ReportedDiagnosis
from kgrad.report.table import Table

_ENTITIES = str.maketrans({c: f"&#{ord(c)};" for c in "~$`"})
"""What some readers take for markup and some cannot escape."""


def escaped(text: str) -> str:
    """The same characters on one line, none of them Markdown or HTML.

    Nor does a bare address become a link.
    """
    line = html.escape(" ".join(printable(text).split()), quote=False)
    line = re.sub(r"([\\*_{}\[\]#])", r"\\\1", line)
    # At the start of a line: a list, a rule. Anywhere: an address.
    line = re.sub(r"^(\d*)([-+.)])(?!\d)", r"\1\\\2", line)
    line = line.translate(_ENTITIES)
    return line.replace("://", ":&#47;&#47;").replace("www.", "www\\.")


def prose(text: str) -> str:
    """A sentence, escaped.

    Backticks around a name go: with them it would have to be code, in which
    nothing can be escaped.
    """
    return escaped(text.replace("`", ""))


def fenced(text: str, language: str = "") -> str:
    """Lines as they are; the fence is longer than any backticks in them."""
    lines = "\n".join(printable(text).splitlines())
    longest = max(map(len, re.findall("`+", lines)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{lines}\n{fence}"


def markdown_report(report: Report) -> str:
    """The report as one page."""
    parts = [
        f"# {escaped(report.name)}",
        "\n".join(
            f"* **{prose(fact.name)}**: {prose(fact.text)}"
            for fact in report.facts
        ),
        *(
            f"**Damaged, the rest is shown:** {prose(sentence)}"
            for sentence in report.damage
        ),
        *map(prose, report.missing),
        markdown_list(report.actions),
        markdown_diagnoses(report.diagnoses) or prose(report.headline),
        *(
            ["## Curves", *map(_picture, report.curves)]
            if report.curves
            else []
        ),
        *(part for table in report.tables for part in _table(table)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def markdown_list(sentences: Sequence[str]) -> str:
    """A list, an item for each sentence."""
    return "\n".join(f"* {prose(sentence)}" for sentence in sentences)


def markdown_diagnoses(diagnoses: Sequence[ReportedDiagnosis]) -> str:
    """Each diagnosis with its evidence and what to change."""
    return "\n\n".join(
        part for diagnosis in diagnoses for part in _diagnosis(diagnosis)
    )


def _diagnosis(diagnosis: ReportedDiagnosis) -> Iterator[str]:
    yield f"## {prose(diagnosis.sentence)}"
    for finding in diagnosis.findings:
        yield (
            f"**{prose(finding.sign)}** at {prose(finding.target)}, "
            f"{finding.steps}: {prose(finding.explanation)} "
            f"({finding.measured})"
        )
        if finding.picture:
            yield _picture(finding.picture)
    if diagnosis.changes:
        yield "### What to change"
    for change in diagnosis.changes:
        against = prose(", ".join(change.signs))
        yield f"**{prose(change.name)}** against {against}"
        yield fenced(change.code, "python")
        yield prose(f"{change.effect} {change.expectation}")


def _picture(picture: Picture) -> str:
    """On one line each: what is drawn, below the blocks."""
    caption = " ".join(picture.caption.split())
    return fenced(f"{picture.bars}\n{caption}")


def _table(table: Table) -> Iterator[str]:
    """A heading, the table, what its columns mean, and its notes."""
    yield f"## {prose(table.title)}"
    head = tuple(column.title for column in table.columns)
    marks = ["---:" if c.kind == "number" else "---" for c in table.columns]
    lines = [map(_cell, head), marks, *(map(_cell, row) for row in table.rows)]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)
    yield "\n".join(
        f"* {prose(name)}: {prose(text)}" for name, text in table.legend
    )
    yield from map(prose, table.notes)


def _cell(text: str) -> str:
    return escaped(text).replace("|", "&#124;")
