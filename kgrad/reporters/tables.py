"""Findings and their remedies as rich shows them on a console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from kgrad.records import Finding
from kgrad.reporters.cases import Case, Change, cases, changes, effect, span

REMEDIES = 2
"""How many remedies are shown of each sign."""

OTHERS = 3
"""How many targets are named of each sign, besides the first."""


def tell(
    findings: Sequence[Finding], labels: Mapping[str, str]
) -> Iterator[RenderableType]:
    """What was found in a table, sign by sign, then what to change.

    Args:
        findings: All findings; without any, there is nothing to show.
        labels: Short names of targets.
    """
    if not findings:
        return
    table = plain_table()
    table.add_column("sign", no_wrap=True)
    table.add_column("target", overflow="fold", ratio=3)
    table.add_column("steps", overflow="fold", ratio=2)
    table.add_column("what was seen", overflow="fold", ratio=6)
    told = cases(findings)
    for case in told:
        _add(table, case, labels)
    yield table
    for change in changes(told, REMEDIES):
        yield from _tell_change(change)


def plain_table() -> Table:
    """A table as wide as the console, a rule under its head."""
    return Table(
        box=box.SIMPLE_HEAD,
        expand=True,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )


def legend(entries: Mapping[str, str]) -> Table:
    """What the columns of a table mean, a line each where there is room."""
    lines = Table.grid(padding=(0, 2))
    lines.add_column(style="dim")
    lines.add_column(style="dim", overflow="fold")
    for name, text in entries.items():
        lines.add_row(Text(name), Text(text))
    return lines


def _add(table: Table, case: Case, labels: Mapping[str, str]) -> None:
    first, *others = case.findings
    names = [
        f"{labels.get(f.target, f.target)} ({f.first_step})" for f in others
    ]
    also = "also, from step: " + ", ".join(names[:OTHERS])
    if names[OTHERS:]:
        also += f", and {len(names) - OTHERS} more"
    table.add_row(
        Text(case.sign, "bold red"),
        Text(labels.get(first.target, first.target)),
        span(first),
        Text.assemble(
            _shortened(first.explanation, labels),
            (f"\n{also}" if others else "", "dim"),
        ),
    )


def _shortened(text: str, labels: Mapping[str, str]) -> str:
    for name, label in labels.items():
        text = text.replace(f"`{name}`", f"`{label}`")
    return text


def _tell_change(change: Change) -> Iterator[RenderableType]:
    yield Text.assemble(
        "\n",
        (change.remedy.name, "bold"),
        " against ",
        (", ".join(change.signs), "bold red"),
    )
    yield Padding(
        Syntax(
            change.remedy.code.strip(),
            "python",
            # Colours that a light and a dark console can both show.
            theme="ansi_dark",
            background_color="default",
            word_wrap=True,
        ),
        (0, 0, 0, 4),
    )
    yield Padding(Text(effect(change.remedy), "dim"), (0, 0, 0, 2))
