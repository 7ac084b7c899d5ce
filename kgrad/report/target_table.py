"""What the gradients of each variable were in a whole run, as a table."""

from __future__ import annotations

from collections.abc import Mapping

from kgrad.report.cases import known, number, share
from kgrad.report.digest import digests
from kgrad.report.sparkline import sparkline
from kgrad.storage.history import RunHistory

COLUMNS = (
    "target",
    "gradient norm",
    "largest",
    "update ratio",
    "clipped",
    "non-finite",
    "norm, log",
)
"""Medians over the steps; the last is a curve."""


def target_rows(
    history: RunHistory, labels: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """One row per variable, as `COLUMNS` says; the whole model last.

    Gates can be read from the history.

    Args:
        history: The run.
        labels: Short names of targets.
    """
    if not len(history.steps):
        return []
    norms = history["gradient_norm"]
    numbers = digests(history)
    shown = [
        (column, target)
        for column, target in enumerate(history.target_records)
        if not target.gate
    ]
    # From the input to the output.
    shown.sort(key=lambda pair: (not pair[1].layer, pair[1].depth))
    rows: list[tuple[str, ...]] = []
    for column, target in shown:
        digest = numbers[target.name]
        rows.append(
            (
                labels[target.name],
                number(digest.median_norm),
                number(digest.largest_norm),
                known(digest.update_ratio),
                share(digest.clipped),
                number(digest.nonfinite),
                sparkline(norms[:, column], width=8, logarithmic=True),
            )
        )
    return rows
