"""The metrics of a run by epoch, and which of them a person looks at first."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kgrad.records import Array, Epoch

HIGHER = ("acc", "auc", "precision", "recall", "f1", "iou", "r2")
"""Parts of the names of metrics that are best at 1."""

LOWER = ("error", "mse", "mae", "bits", "loss")
"""Parts of the names of metrics that are best at 0."""


def main_metric(epochs: Sequence[Epoch]) -> str:
    """Name of the metric that a run is judged by, `""` if there is none.

    An accuracy before a loss, validation before training: what a person
    looks at first.
    """
    names = list(epochs[-1].logs) if epochs else []
    for part in (*HIGHER, *LOWER):
        for wanted in ("val_", ""):
            for name in names:
                validation = name.startswith("val_")
                if part in name.lower() and validation == bool(wanted):
                    return name
    return ""


def higher_is_better(metric: str) -> bool:
    """Whether the metric is best at 1; otherwise it is best at 0."""
    return any(part in metric.lower() for part in HIGHER)


def series(epochs: Sequence[Epoch], metric: str) -> Array:
    """`(epochs,)`: the metric's values, NaN where an epoch has none."""
    return np.array([e.logs.get(metric, math.nan) for e in epochs], np.float64)


def standard_error(epochs: Sequence[Epoch], metric: str) -> Array:
    """`(epochs,)`: the sampling noise of an accuracy, NaN where not known.

    A share p measured on n samples has the standard error
    sqrt(p (1 - p) / n); p is kept half a sample away from 0 and 1, where
    the formula would call a small set exact.
    """
    values = series(epochs, metric)
    counts = [e.samples.get(metric) or math.nan for e in epochs]
    n = np.array(counts, np.float64)
    if not higher_is_better(metric):
        return np.full(len(values), math.nan)
    p = np.clip(values, 0.5 / n, 1 - 0.5 / n)
    return np.sqrt(p * (1 - p) / n)
