"""One run as a report on the console: what, how far, what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kgrad.history import History
from kgrad.reporters.activity_table import activity_table
from kgrad.reporters.cases import known, number, share
from kgrad.reporters.digest import digests
from kgrad.reporters.facts import facts
from kgrad.reporters.labels import labels, layer_labels
from kgrad.reporters.sparkline import sparkline
from kgrad.reporters.tables import plain_table, tell
from kgrad.reporters.time_table import time_table


def report(name: str, history: History) -> Iterator[RenderableType]:
    """The parts of the report, from top to bottom.

    Args:
        name: The run folder.
        history: What was read of it.
    """
    short = labels(history.target_records)
    yield Text(name, "bold")
    yield _facts(history)
    for sentence in history.damage:
        yield Text(f"Damaged, the rest is shown: {sentence}", "yellow")
    yield Text()
    if len(history.steps):
        yield _targets(history, short)
        yield Text()
    layers = layer_labels(history.target_records, history.samples)
    for table in (time_table, activity_table):
        parts = list(table(history.samples, layers))
        yield from [*parts, Text()] if parts else []
    if history.findings:
        yield from tell(history.findings, short | layers)
    else:
        yield Text("Nothing was found.")


def _facts(history: History) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, text in facts(history).items():
        if name == "loss":
            text = f"{sparkline(history.loss)}  {text}"
        table.add_row(Text(name), Text(text))
    return table


def _targets(history: History, short: Mapping[str, str]) -> Table:
    """One row per variable; gates can be read from the history."""
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
    norms = history["gradient_norm"]
    numbers = digests(history)
    shown = [
        (column, target)
        for column, target in enumerate(history.target_records)
        if not target.gate
    ]
    # From the input to the output, the whole model last.
    shown.sort(key=lambda pair: (not pair[1].layer, pair[1].depth))
    for column, target in shown:
        row = numbers[target.name]
        table.add_row(
            Text(short[target.name]),
            number(row.median_norm),
            number(row.largest_norm),
            known(row.update_ratio),
            share(row.clipped),
            number(row.nonfinite),
            sparkline(norms[:, column], width=8, logarithmic=True),
        )
    return table
