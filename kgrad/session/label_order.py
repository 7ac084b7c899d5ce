"""How often each label occurs, and in which order, in the arrays of `fit`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kgrad.records.arrays import Steps
from kgrad.records.summaries import CLASSES

_MOST = 10_000_000
"""Entries from which on labels are not counted: it would take a second."""


def label_order(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the labels of all samples say that those of a batch cannot.

    Args:
        given: The variables of a running `fit`, after it has held out what
            `validation_split` asks for.

    Returns:
        `label_counts` and `label_runs` of the training samples and
        `held_out_counts` of the others, as in `Plan`; nothing for targets
        that are not one label a sample, in an array or a data frame.
    """
    labels = _labels(given.get("y"))
    if labels is None:
        return {}
    held_out = _labels(given.get("val_y"))
    return {
        "label_counts": _counts(labels),
        "label_runs": int(np.count_nonzero(np.diff(labels))) + 1,
        "held_out_counts": () if held_out is None else _counts(held_out),
    }


def _labels(y: Any) -> Steps | None:
    """`(samples,)`, whole numbers; None if the targets are no labels."""
    if hasattr(y, "to_numpy"):
        y = y.to_numpy()
    if not isinstance(y, np.ndarray):
        return None
    y = np.asarray(y)  # Of a matrix a row is never flat.
    if (
        y.dtype.kind not in "biuf"
        or y.ndim not in (1, 2)
        or not 0 < y.size < _MOST
    ):
        return None
    if y.ndim == 2 and y.shape[1] > 1:
        ones = y == 1
        if not (ones.sum(axis=1) == 1).all() or np.count_nonzero(y) != len(y):
            return None
        return np.asarray(ones.argmax(axis=1), np.int64)
    y = y.reshape(-1)
    if not (y.min() >= 0 and y.max() < CLASSES and (y == np.floor(y)).all()):
        return None
    return np.asarray(y, np.int64)


def _counts(labels: Steps) -> tuple[int, ...]:
    return tuple(int(n) for n in np.bincount(labels))
