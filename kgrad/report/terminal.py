"""The report on a console, with rich."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rich import box
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

_GAP = 2
"""Between the columns of a table."""

_WORD = 44
"""Longer names may be broken: there would be no room for numbers.

`bidirectional/backward_lstm/recurrent_kernel` has 44.
"""


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
    if report.curves:
        yield Text()
        yield _pairs(
            ((curve.bars, curve.caption) for curve in report.curves),
            dim=(False, True),
        )
    for table in report.tables:
        yield Text()
        yield _FittingTable(table)


def terminal_actions(sentences: Sequence[str]) -> Iterator[Text]:
    """What actions did, a line each."""
    return (Text(printable(sentence), "cyan") for sentence in sentences)


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


class _FittingTable:
    """A table, what its columns mean, and its notes.

    Where the console is too narrow for all columns, spare ones are left out
    before a name would be broken, and it is said which.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._heads = [_head(column) for column in table.columns]

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        table = self._table
        columns = dict(enumerate(table.columns))
        spare = sorted(
            (i for i, column in columns.items() if column.spare),
            key=lambda i: table.columns[i].spare,
        )
        left_out = []
        while spare and self._width(columns) > options.max_width:
            left_out.append(spare.pop(0))
            del columns[left_out[-1]]
        yield self._shown(columns, self._width(columns) <= options.max_width)
        lost = {table.columns[i].title for i in left_out}
        legend = [
            pair for pair in table.legend if set(pair[0].split(", ")) - lost
        ]
        if lost:
            titles = (table.columns[i].title for i in sorted(left_out))
            names = ", ".join(title.partition(",")[0] for title in titles)
            legend.append(("left out", f"{names}: no room on this console"))
        yield _pairs(legend, dim=(True, True))
        for note in table.notes:
            yield Text(printable(note), "yellow")

    def _width(self, columns: Mapping[int, Column]) -> int:
        needed = [self._needed(i, column) for i, column in columns.items()]
        return sum(needed) + _GAP * (len(columns) - 1)

    def _needed(self, i: int, column: Column) -> int:
        """The width of a column; of a text, that of its longest word."""
        parts = [row[i] for row in self._table.rows]
        if column.kind == "text":
            parts = [word[:_WORD] for cell in parts for word in cell.split()]
        parts += self._heads[i].splitlines()
        return max(map(cell_len, parts), default=0)

    def _shown(self, columns: Mapping[int, Column], fits: bool) -> RichTable:
        shown = plain_table()
        for i, column in columns.items():
            if column.kind == "text":
                ratio = self._needed(i, column) if fits else 1
                shown.add_column(self._heads[i], overflow="fold", ratio=ratio)
                continue
            shown.add_column(
                self._heads[i],
                justify="right" if column.kind == "number" else "left",
                no_wrap=True,
            )
        for row in self._table.rows:
            shown.add_row(*(Text(printable(row[i])) for i in columns))
        return shown


def _head(column: Column) -> str:
    """The title on two lines; below nothing if a number's is of one word."""
    head = re.sub(" |(?<=-)", "\n", column.title, count=1)
    if "\n" not in head and column.kind == "number":
        return f"\n{head}"
    return head


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
