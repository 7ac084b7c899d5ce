"""One run as one page on the console: what is wrong, and how it went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kgrad.report.act_lines import ActionLines
from kgrad.report.activity_table import activity_table
from kgrad.report.cases import NOTHING
from kgrad.report.facts import facts
from kgrad.report.labels import labels, layer_labels
from kgrad.report.pictures import Pictures
from kgrad.report.printable import printable
from kgrad.report.tables import plain_table, tell, tell_curves
from kgrad.report.target_table import target_rows
from kgrad.report.time_table import time_table
from kgrad.storage.history import RunHistory


def report(name: str, history: RunHistory) -> Iterator[RenderableType]:
    """The parts of the report, from top to bottom.

    Args:
        name: The run folder.
        history: What was read of it.
    """
    layers = layer_labels(history.target_records, history.samples)
    short = labels(history.target_records) | layers
    pictures = Pictures(history, short)
    yield Text(printable(name), "bold")
    yield _facts(history)
    for sentence in history.damage:
        text = printable(f"Damaged, the rest is shown: {sentence}")
        yield Text(text, "yellow")
    for line in ActionLines(history.actions).lines(short):
        yield Text(printable(line), "cyan")
    yield Text()
    if history.diagnoses:
        yield from tell(history.diagnoses, short, pictures)
    else:
        yield Text(NOTHING, "green")
    yield Text()
    curves = pictures.curves()
    if curves:
        yield tell_curves(curves)
        yield Text()
    rows = target_rows(history, short)
    if rows:
        yield _targets(rows)
    for table in (time_table, activity_table):
        parts = list(table(history.samples, layers))
        yield from [Text(), *parts] if parts else []


def _facts(history: RunHistory) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, text in facts(history).items():
        table.add_row(Text(printable(name)), Text(printable(text)))
    return table


def _targets(rows: Sequence[Sequence[str]]) -> Table:
    table = plain_table()
    table.add_column("target", overflow="fold", ratio=1)
    for title in (
        "gradient\nnorm",
        "\nlargest",
        "update\nratio",
        "\nclipped",
        "non-\nfinite",
    ):
        table.add_column(title, justify="right")
    table.add_column("norm,\nlog", no_wrap=True)
    for name, *numbers in rows:
        table.add_row(Text(printable(name)), *numbers)
    return table
