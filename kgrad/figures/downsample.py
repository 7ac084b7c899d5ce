"""Fewer points of the same picture: every extreme stays.

A screen is a thousand pixels wide, a run may have a million steps. Neighbors
share a bucket, and what a bucket shows is the extreme in it, never the mean
and never every k-th step: a spike of one step is seen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kgrad.records import Array, Steps

BUCKETS = 1000
"""About as many as a figure is wide in pixels."""

Mask = npt.NDArray[np.bool_]


class Buckets(NamedTuple):
    """The columns of a heat map, one bucket of steps each.

    Args:
        steps: `(columns,)`: the first step of each bucket.
        largest: `(columns, rows)`: the largest finite value, NaN if the
            bucket has none.
        broken: `(columns, rows)`: whether a value is NaN or infinite.
        size: Steps of a bucket; the last may have fewer.
    """

    steps: Steps
    largest: Array
    broken: Mask
    size: int


def buckets(
    steps: Steps,
    values: Array,
    known: Mask | None = None,
    buckets: int = BUCKETS,
) -> Buckets:
    """The largest value of every row in each bucket of steps.

    Args:
        steps: `(steps,)`.
        values: `(steps, rows)`.
        known: `(steps, rows)`: False where there is no value, which is not
            the same as one that is NaN; by default all are.
        buckets: How many columns there may be.
    """
    size = max(-(-len(steps) // buckets), 1)
    starts = np.arange(0, len(steps), size)
    finite = np.isfinite(values)
    broken = ~finite if known is None else ~finite & known
    if known is not None:
        finite &= known
    largest = np.where(finite, values, -np.inf)
    if size > 1:
        largest = np.maximum.reduceat(largest, starts)
        broken = np.logical_or.reduceat(broken, starts)
    largest[largest == -np.inf] = np.nan
    return Buckets(steps[starts], largest, broken, size)


def extremes(values: Array, buckets: int = BUCKETS) -> Steps:
    """Indices of the points that draw the same line as all of them.

    Of each bucket the smallest and the largest value, in their order, and
    the first that is NaN or infinite, where the line breaks; and both ends.

    Args:
        values: `(points,)`.
        buckets: Into how many the points are put.

    Returns:
        `(kept,)`, increasing; at most three times `buckets`, and two.
    """
    count = len(values)
    if count <= 3 * buckets:
        return np.arange(count)
    size = -(-count // buckets)
    starts = np.arange(0, count, size)
    finite = np.isfinite(values)
    broken = _padded(~finite, size, False)
    kept = [
        starts
        + _padded(np.where(finite, values, np.inf), size, np.inf).argmin(1),
        starts
        + _padded(np.where(finite, values, -np.inf), size, -np.inf).argmax(1),
        (starts + broken.argmax(1))[broken.any(1)],
        np.array([0, count - 1]),
    ]
    return np.unique(np.concatenate(kept))


def _padded(
    values: npt.NDArray[np.generic], size: int, filler: float
) -> npt.NDArray[np.generic]:
    """`(buckets, size)`: the values, and at the end the filler."""
    missing = -len(values) % size
    return np.pad(values, (0, missing), constant_values=filler).reshape(
        -1, size
    )
