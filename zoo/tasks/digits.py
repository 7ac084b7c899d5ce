"""Scikit-learn's handwritten digits, each image in one split for good."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from zoo.tasks.splits import Data, Split

SIZES: Mapping[str, int] = {"train": 1237, "validation": 200, "test": 360}
"""Images of each split, 1797 in all."""

_ORDER_SEED = 20_001


def of_split(split: Split) -> Data:
    """The images of a split and what they show.

    Args:
        split: The split.

    Returns:
        `(images, 64)` float32 in [0, 1], row by row, and `(images,)`.
    """
    x, y = _images()
    order = np.random.default_rng(_ORDER_SEED).permutation(len(x))
    start = {
        "train": 0,
        "validation": SIZES["train"],
        "test": len(x) - SIZES["test"],
    }[split]
    chosen = order[start : start + SIZES[split]]
    return x[chosen], y[chosen]


@cache
def _images() -> Data:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return (x / 16).astype(np.float32), y
