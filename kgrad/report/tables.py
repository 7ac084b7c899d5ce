"""Diagnoses and what to change, as rich shows them on a console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from kgrad.diagnosis import Diagnosis
from kgrad.report.cases import Case, Change, cases, changes, effect, span
from kgrad.report.labels import shortened
from kgrad.report.pictures import Picture, Pictures
from kgrad.report.printable import printable

OTHERS = 3
"""How many targets are named of each sign, besides the first."""


def tell(
    diagnoses: Sequence[Diagnosis],
    labels: Mapping[str, str],
    pictures: Pictures | None = None,
) -> Iterator[RenderableType]:
    """Each diagnosis in a sentence, its evidence, then what to change.

    Args:
        diagnoses: What is wrong; without any, there is nothing to show.
        labels: Short names of targets.
        pictures: Draws the evidence, where the history is at hand.
    """
    for i, diagnosis in enumerate(diagnoses):
        sentence = printable(shortened(diagnosis.sentence, labels))
        place = f"{i + 1}. " if diagnoses[1:] else ""
        yield Text(f"{place}{sentence}", "bold red")
        table = plain_table()
        table.add_column("sign", no_wrap=True)
        table.add_column("target", overflow="fold", ratio=3)
        table.add_column("steps", overflow="fold", ratio=2)
        table.add_column("what was seen", overflow="fold", ratio=6)
        for case in cases(diagnosis.findings):
            drawn = pictures.of(case.findings[0]) if pictures else None
            _add(table, case, labels, drawn)
        yield table
        for change in changes(diagnosis):
            yield from _tell_change(change)
        if diagnoses[i + 1 :]:
            yield Text()


def tell_curves(pictures: Sequence[Picture]) -> Table:
    """Curves of a run, a line each where there is room."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(style="dim", overflow="fold")
    for picture in pictures:
        grid.add_row(picture.bars, Text(printable(picture.caption)))
    return grid


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


def _add(
    table: Table,
    case: Case,
    labels: Mapping[str, str],
    picture: Picture | None,
) -> None:
    first, *others = case.findings
    names = [
        f"{labels.get(f.target, f.target)} ({f.first_step})" for f in others
    ]
    also = "also, from step: " + ", ".join(names[:OTHERS])
    if names[OTHERS:]:
        also += f", and {len(names) - OTHERS} more"
    drawn = f"\n{picture.bars}\n{picture.caption}" if picture else ""
    table.add_row(
        Text(printable(case.sign), "bold red"),
        Text(printable(labels.get(first.target, first.target))),
        span(first),
        Text.assemble(
            printable(shortened(first.explanation, labels)),
            (printable(f"\n{also}") if others else "", "dim"),
            (printable(drawn), "dim"),
        ),
    )


def _tell_change(change: Change) -> Iterator[RenderableType]:
    yield Text.assemble(
        "\n",
        (printable(change.remedy.name), "bold"),
        " against ",
        (printable(", ".join(change.signs)), "bold red"),
    )
    yield Padding(
        Syntax(
            printable(change.remedy.code.strip()),
            "python",
            # Colours that a light and a dark console can both show.
            theme="ansi_dark",
            background_color="default",
            word_wrap=True,
        ),
        (0, 0, 0, 4),
    )
    words = printable(f"{effect(change.remedy)} {change.expectation}")
    yield Padding(Text(words, "dim"), (0, 0, 0, 2))
