"""The report on a console, with rich."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table as RichTable
from rich.text import Text

from kgrad.report.labels import printable
from kgrad.report.report import (
    Change,
    Report,
    ReportedDiagnosis,
    ReportedFinding,
)
from kgrad.report.tables import Table

OTHERS = 3
"""How many targets are named of each sign, besides the first."""


def terminal_report(report: Report) -> Iterator[RenderableType]:
    """The parts of the report, from top to bottom."""
    yield Text(printable(report.name), "bold")
    yield _pairs((fact.name, fact.text) for fact in report.facts)
    for sentence in report.damage:
        text = printable(f"Damaged, the rest is shown: {sentence}")
        yield Text(text, "yellow")
    for sentence in report.missing:
        yield Text(printable(sentence), "dim")
    yield from terminal_actions(report.actions)
    yield Text()
    if report.diagnoses:
        yield from terminal_diagnoses(report.diagnoses)
    else:
        yield Text(report.headline, "green")
    yield from terminal_notes(report.notes)
    if report.curves:
        yield Text()
        yield _pairs(
            ((curve.bars, curve.caption) for curve in report.curves),
            dim=(False, True),
        )
    for table in report.tables:
        yield Text()
        yield from _table(table)


def terminal_actions(sentences: Sequence[str]) -> Iterator[Text]:
    """What actions did, a line each."""
    return (Text(printable(sentence), "cyan") for sentence in sentences)


def terminal_notes(notes: Sequence[str]) -> Iterator[Text]:
    """What is no problem, a line each."""
    return (Text(printable(note), "yellow") for note in notes)


def terminal_diagnoses(
    diagnoses: Sequence[ReportedDiagnosis],
) -> Iterator[RenderableType]:
    """Each diagnosis in a sentence, its evidence, then what to change."""
    for i, diagnosis in enumerate(diagnoses):
        place = f"{i + 1}. " if diagnoses[1:] else ""
        yield Text(f"{place}{printable(diagnosis.sentence)}", "bold red")
        table = plain_table()
        table.add_column("sign", no_wrap=True)
        table.add_column("target", overflow="fold", ratio=3)
        table.add_column("steps", overflow="fold", ratio=2)
        table.add_column("what was seen", overflow="fold", ratio=6)
        for sign in dict.fromkeys(f.sign for f in diagnosis.findings):
            _add(table, [f for f in diagnosis.findings if f.sign == sign])
        yield table
        for change in diagnosis.changes:
            yield from _change(change)
        if diagnoses[i + 1 :]:
            yield Text()


def plain_table() -> RichTable:
    """A table as wide as the console, a rule under its head."""
    return RichTable(
        box=box.SIMPLE_HEAD,
        expand=True,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )


def code_block(code: str) -> Padding:
    """Python, in colors that a light and a dark console can both show."""
    syntax = Syntax(
        printable(code),
        "python",
        theme="ansi_dark",
        background_color="default",
        word_wrap=True,
    )
    return Padding(syntax, (0, 0, 0, 4))


def _add(table: RichTable, findings: Sequence[ReportedFinding]) -> None:
    """One row for all targets of a sign."""
    first, *others = findings
    names = [f"{other.target} ({other.first_step})" for other in others]
    also = "also, from step: " + ", ".join(names[:OTHERS])
    if names[OTHERS:]:
        also += f", and {len(names) - OTHERS} more"
    picture = first.picture
    drawn = f"\n{picture.bars}\n{picture.caption}" if picture else ""
    table.add_row(
        Text(printable(first.sign), "bold red"),
        Text(printable(first.target)),
        first.steps.partition(" ")[2],
        Text.assemble(
            printable(f"{first.explanation} ({first.measured})"),
            (printable(f"\n{also}") if others else "", "dim"),
            (printable(drawn), "dim"),
        ),
    )


def _change(change: Change) -> Iterator[RenderableType]:
    yield Text.assemble(
        "\n",
        (printable(change.name), "bold"),
        " against ",
        (printable(", ".join(change.signs)), "bold red"),
    )
    yield code_block(change.code)
    text = printable(f"{change.effect} {change.expectation}")
    yield Padding(Text(text, "dim"), (0, 0, 0, 2))


def _table(table: Table) -> Iterator[RenderableType]:
    """A table, what its columns mean, and its notes."""
    shown = plain_table()
    heads = [re.sub(" |(?<=-)", "\n", c.title, count=1) for c in table.columns]
    for column, head in zip(table.columns, heads, strict=True):
        if "\n" not in head and column.kind == "number":
            head = f"\n{head}"
        if column.kind == "text":
            shown.add_column(head, overflow="fold", ratio=1)
        else:
            shown.add_column(
                head,
                justify="right" if column.kind == "number" else "left",
                no_wrap=True,
            )
    for row in table.rows:
        shown.add_row(*(Text(printable(cell)) for cell in row))
    yield shown
    yield _pairs(table.legend, dim=(True, True))
    for note in table.notes:
        yield Text(printable(note), "yellow")


def _pairs(
    pairs: Iterator[tuple[str, str]] | Sequence[tuple[str, str]],
    dim: tuple[bool, bool] = (True, False),
) -> RichTable:
    """Two columns, a line each where there is room."""
    grid = RichTable.grid(padding=(0, 2))
    first, second = ("dim" if is_dim else "" for is_dim in dim)
    grid.add_column(style=first)
    grid.add_column(style=second, overflow="fold")
    for name, text in pairs:
        grid.add_row(Text(printable(name)), Text(printable(text)))
    return grid
