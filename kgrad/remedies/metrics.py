"""Other metrics."""

from __future__ import annotations

from kgrad.records import Remedy


def mean_absolute_error() -> Remedy:
    """A metric of a regression; by hand only."""
    return Remedy(
        "mean_absolute_error",
        "metric that fits the targets",
        code='metrics=["mae"]',
        cures="it says how far predictions are off, in units of the targets",
        does_not_cure="what the model learns: only the loss does",
    )
