"""What was measured, in a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from tests.benchmarks.pytorch.timing import WAYS, Measured
from zoo.layers.cells import CELLS
from zoo.results.text import markdown_table

HEAD = (
    "task",
    "cell",
    "Keras\nms",
    "XLA\nms",
    "PyTorch\nms",
    "recipe\nuses",
    "ratio",
    "middle half",
)


def row(measured: Measured) -> tuple[str, ...]:
    """The cells of a row."""
    low, middle, high = np.quantile(measured.ratios, [0.25, 0.5, 0.75])
    return (
        measured.recipe.task,
        CELLS[measured.recipe.cell].title,
        *(f"{np.median(measured.seconds[w]) * 1e3:#.3g}" for w in WAYS),
        measured.used,
        f"{middle:.2f}",
        f"{low:.2f} to {high:.2f}",
    )


def shown(every: Sequence[Measured]) -> FittedTable:
    """The table of a terminal."""
    words = ("task", "cell", "recipe\nuses")
    table = FittedTable(
        [Column(name, "text" if name in words else "number") for name in HEAD]
    )
    for measured in every:
        table.add(*row(measured))
    return table


def page(every: Sequence[Measured], about: str) -> str:
    """What goes into a page, in Markdown."""
    head = [name.replace("\n", " ") for name in HEAD]
    rows = markdown_table(head, map(row, every))
    return "\n\n".join([about, rows, "\n".join(ends(every))])


def ends(every: Sequence[Measured]) -> Iterator[str]:
    """Which recipes are not as fast as they might be, in two sentences."""
    slower = [
        f"{m.name} ({np.median(m.ratios):.2f})" for m in every if m.is_slower
    ]
    yield _those(slower, len(every), "slower than PyTorch")
    wrong = [m.name for m in every if m.is_in_slower_mode]
    yield _those(wrong, len(every), "not in the faster mode of Keras")


def _those(names: Sequence[str], every: int, what: str) -> str:
    if not names:
        return f"No recipe of {every} is {what}."
    of = f"{len(names)} of {every}"
    return f"Recipes that are {what}, {of}: {', '.join(names)}."


def gains(every: Sequence[Measured]) -> Iterator[str]:
    """What the other mode would be worth to each recipe that should use it."""
    for m in every:
        if m.is_in_slower_mode:
            used, other = (np.median(m.seconds[w]) for w in (m.used, m.other))
            steps = m.recipe.epochs * m.recipe.steps_per_epoch
            later = m.first_steps[m.other] - m.first_steps[m.used]
            yield (
                f"{m.name}: {m.other} takes {np.median(m.others):.2f} of the "
                f"time of {m.used}, {steps * (used - other):.1f} s less in all "
                f"{steps} steps; the first ones take {later:+.1f} s."
            )
