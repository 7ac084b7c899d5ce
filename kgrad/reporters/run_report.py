"""One run as a report on the console: what, how far, what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kgrad.arrays import Array
from kgrad.history import History
from kgrad.records import Setup
from kgrad.reporters.activity_table import activity_table
from kgrad.reporters.cases import known, number, share
from kgrad.reporters.digest import digests
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
    setup = history.setup
    facts = {
        "model": _model(setup),
        "optimizer": _optimizer(setup),
        **{name: str(value) for name, value in setup.hparams.items()},
        "steps": _steps(history),
        "epochs": _epochs(history),
        "loss": _loss(history.loss),
    }
    for name, text in facts.items():
        if text:
            table.add_row(Text(name), Text(text))
    return table


def _model(setup: Setup) -> str:
    layers = [
        f"{layer.class_name}({layer.units or ''})" for layer in setup.layers
    ]
    return " > ".join(layers) + (f", {setup.loss}" if setup.loss else "")


def _optimizer(setup: Setup) -> str:
    arguments = setup.optimizer_arguments.items()
    given = ", ".join(f"{name}={value!r}" for name, value in arguments)
    return f"{setup.optimizer}({given})" if setup.optimizer else ""


def _steps(history: History) -> str:
    steps = history.steps
    if not len(steps):
        return "none"
    text = f"{len(steps)}, from {steps[0]} to {steps[-1]}"
    skipped = int(history.skipped.sum())
    return text + (f", {skipped} skipped by loss scaling" if skipped else "")


def _epochs(history: History) -> str:
    if not history.epochs:
        return "none has ended"
    logs = history.epochs[-1].logs.items()
    metrics = ", ".join(f"{name} {number(value, 4)}" for name, value in logs)
    return f"{len(history.epochs)}, the last with {metrics}"


def _loss(loss: Array) -> str:
    finite = loss[np.isfinite(loss)]
    if not len(finite):
        return ""
    return (
        f"{sparkline(loss)}  first {number(finite[0])}, last {number(loss[-1])}"
    )


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
