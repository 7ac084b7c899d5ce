"""The report on a console, with rich."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import wrap

from rich.cells import cell_len
from rich.console import (
    Console,
    ConsoleOptions,
    RenderableType,
    RenderResult,
)
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table as RichTable
from rich.text import Text

from kgrad.remedies.evidence import NOT_MEASURED
from kgrad.report.fitted_table import FittedTable
from kgrad.report.labels import printable
from kgrad.report.pictures import WIDTH
from kgrad.report.report import (
    Change,
    Report,
    ReportedDiagnosis,
    ReportedFinding,
)
from kgrad.report.table import Column, Table

OTHERS = 3
"""How many targets are named of each sign, besides the first."""


def terminal_report(
    report: Report, *, full: bool = False
) -> Iterator[RenderableType]:
    """The parts of the report, from top to bottom.

    What is wrong, what to try first and what was seen of it, in a screen; if
    `full`, also every explanation, remedy and number.
    """
    yield Text(printable(report.name), "bold")
    yield Text()
    if report.diagnoses:
        yield from terminal_diagnoses(report.diagnoses, full=full)
    else:
        yield Text(printable(report.headline), "green")
    yield from terminal_notes(report.notes)
    yield Text()
    yield _pairs((fact.name, fact.text) for fact in report.facts)
    for sentence in report.damage:
        text = printable(f"Damaged, the rest is shown: {sentence}")
        yield Text(text, "yellow")
    for sentence in report.missing:
        yield Text(printable(sentence), "dim")
    yield from terminal_actions(report.actions)
    if report.curves:
        yield Text()
        yield _pairs(
            ((curve.bars, curve.caption) for curve in report.curves),
            dim=(False, True),
        )
    for table in report.tables if full else ():
        yield Text()
        yield _LaidOut(table)


def terminal_actions(sentences: Sequence[str]) -> Iterator[Text]:
    """What actions did, a line each."""
    return (Text(printable(sentence), "cyan") for sentence in sentences)


def terminal_notes(notes: Sequence[str]) -> Iterator[Text]:
    """What is no problem, a line each."""
    return (Text(printable(note), "yellow") for note in notes)


def terminal_headlines(
    diagnoses: Sequence[ReportedDiagnosis],
) -> Iterator[RenderableType]:
    """Each diagnosis in a sentence, and what to try first."""
    for i, diagnosis in enumerate(diagnoses):
        yield _headline(diagnosis, i, len(diagnoses))
        if diagnosis.changes:
            yield from _first(diagnosis.changes[0])


def terminal_diagnoses(
    diagnoses: Sequence[ReportedDiagnosis], *, full: bool = False
) -> Iterator[RenderableType]:
    """Each diagnosis in a sentence, what to try first, and the evidence."""
    for i, diagnosis in enumerate(diagnoses):
        yield _headline(diagnosis, i, len(diagnoses))
        if diagnosis.changes:
            yield from _first(diagnosis.changes[0], full=full)
            if full:
                yield _effect(diagnosis.changes[0])
        yield Text()
        yield _evidence(diagnosis.findings, full)
        for change in diagnosis.changes[1:] if full else ():
            yield from _change(change)
        if diagnoses[i + 1 :]:
            yield Text()


def _headline(diagnosis: ReportedDiagnosis, i: int, of: int) -> Text:
    place = f"{i + 1}. " if of > 1 else ""
    return Text(f"{place}{printable(diagnosis.sentence)}", "bold red")


def _first(change: Change, *, full: bool = False) -> Iterator[RenderableType]:
    """What to try first, and what that did in the clinic, if it was there."""
    yield _named("Try first: ", change)
    yield code_block(change.code)
    if full or change.expectation != NOT_MEASURED:
        text = Text(printable(change.expectation), "dim")
        yield Padding(text, (0, 0, 0, 2))


def _evidence(findings: Sequence[ReportedFinding], full: bool) -> FittedTable:
    """A row for all targets of a sign; what was seen stands below."""
    table = FittedTable(
        (
            Column("sign"),
            Column("target", "text"),
            Column("steps", "text", 3),
            Column("measured", spare=2),
            Column("limit", spare=1),
        )
    )
    for sign in dict.fromkeys(f.sign for f in findings):
        first, *others = (f for f in findings if f.sign == sign)
        table.add(
            Text(printable(first.sign), "red"),
            printable(first.target),
            first.steps.partition(" ")[2],
            first.value,
            first.limit,
            below=[*_seen(first, full), *_also(others)],
        )
    return table


def _seen(finding: ReportedFinding, full: bool) -> Iterator[Text]:
    if not full:
        return
    yield Text(printable(finding.explanation))
    if finding.picture:
        yield Text(printable(finding.picture.bars), "dim")
        yield Text(printable(finding.picture.caption), "dim")


def _also(others: Sequence[ReportedFinding]) -> Iterator[Text]:
    """The other targets that show the same sign."""
    if not others:
        return
    names = [f"{other.target} ({other.first_step})" for other in others]
    text = "also, from step: " + ", ".join(names[:OTHERS])
    if names[OTHERS:]:
        text += f", and {len(names) - OTHERS} more"
    yield Text(printable(text), "dim")


def code_block(code: str) -> Padding:
    """Python, in colors that a light and a dark console can both show."""
    return Padding(_Code(printable(code)), (0, 0, 0, 4))


class _Code:
    """Python that can be pasted from a console of any width."""

    def __init__(self, code: str) -> None:
        self._lines = code.splitlines()

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        room = options.max_width
        lines = [part for x in self._lines for part in _comment_above(x, room)]
        code = "\n".join(lines)
        if console.is_jupyter:
            # rich cannot know whether the notebook is light or dark.
            yield Text(code)
            return
        yield Syntax(
            code,
            "python",
            theme="ansi_dark",
            background_color="default",
            word_wrap=True,
        )


def _comment_above(line: str, room: int) -> list[str]:
    """The line; if it is too long, what comments it stands above it.

    Broken between two words, the rest of a comment would be code.
    """
    code, _, comment = line.rpartition("  # ")
    if cell_len(line) <= room or not code.strip():
        return [line]
    return [*wrap(f"# {comment}", room, subsequent_indent="# "), code]


def _change(change: Change) -> Iterator[RenderableType]:
    yield _named("\n", change)
    yield code_block(change.code)
    yield _effect(change)
    if change.expectation:
        text = Text(printable(change.expectation), "dim")
        yield Padding(text, (0, 0, 0, 2))


def _named(before: str, change: Change) -> Text:
    return Text.assemble(
        before,
        (printable(change.name), "bold"),
        " against ",
        (printable(", ".join(change.signs)), "red"),
    )


def _effect(change: Change) -> Padding:
    return Padding(Text(printable(change.effect), "dim"), (0, 0, 0, 2))


class _LaidOut:
    """A table, what its columns mean, and its notes.

    Where the console is too narrow for all columns, spare ones are left out,
    and it is said which.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._fitted = FittedTable(
            [replace(column, title=_head(column)) for column in table.columns]
        )
        for row in table.rows:
            self._fitted.add(*map(printable, row))

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        yield self._fitted
        left_out = self._fitted.left_out(options.max_width)
        titles = [self._table.columns[i].title for i in left_out]
        legend = [
            pair
            for pair in self._table.legend
            if set(pair[0].split(", ")) - set(titles)
        ]
        if titles:
            names = ", ".join(title.partition(",")[0] for title in titles)
            legend.append(("left out", f"{names}; this console is too narrow"))
        yield _pairs(legend, dim=(True, True))
        for note in self._table.notes:
            yield Text(printable(note), "yellow")


def _head(column: Column) -> str:
    """The title, on two lines if it has several words."""
    return re.sub(" |(?<=-)", "\n", column.title, count=1)


def _pairs(
    pairs: Iterator[tuple[str, str]] | Sequence[tuple[str, str]],
    dim: tuple[bool, bool] = (True, False),
) -> RichTable:
    """Two columns, a line each where there is room."""
    grid = RichTable.grid(padding=(0, 2))
    first, second = ("dim" if is_dim else "" for is_dim in dim)
    pairs = list(pairs)
    longest = max((cell_len(name) for name, _ in pairs), default=0)
    # A row of blocks is not broken, nor are names of a usual length.
    grid.add_column(style=first, no_wrap=longest <= WIDTH)
    grid.add_column(style=second, overflow="fold")
    for name, text in pairs:
        grid.add_row(Text(printable(name)), Text(printable(text)))
    return grid
