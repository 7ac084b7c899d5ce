"""A tensor of a batch in numbers, inside the step: `TensorSummary` in graph.

Each number is defined by `kgrad.records.summaries`; here they are computed
in as few passes as are exact. What all entries share is subtracted first, so
that what is constant has a spread of exactly 0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf

from kgrad.records.summaries import CLASSES
from kgrad.step.rare import rare
from kgrad.step.tensor_layout import SCALARS, TensorLayout

_ARE_EXTREMES = np.array([x.endswith("imum") for x in SCALARS])


def numbers_of(layout: TensorLayout, tensor: Any) -> Any:
    """The row of a tensor, `(width,)` float32."""
    values = tf.cast(tf.stop_gradient(tensor), tf.float32)
    batch = tf.shape(values)[0]
    columns = layout.features or 1
    rows = tf.reshape(values, (-1, columns))
    at_place, spread = _over_samples(values)
    # Whatever is not finite shows there.
    all_finite = tf.reduce_all(tf.math.is_finite(spread)) & (batch > 0)
    missing, mean, std, least, most = tf.cond(
        all_finite,
        lambda: (
            *_of_columns(at_place, spread, columns),
            tf.reduce_min(rows),
            tf.reduce_max(rows),
        ),
        rare(lambda: _of_finite(rows)),
    )
    count = tf.cast(tf.shape(rows)[0], tf.float32) - missing
    nonfinite = tf.reduce_sum(missing)
    told = {
        "nonfinite": nonfinite,
        **_together(mean, std, count, columns),
        "minimum": least,
        "maximum": most,
        "is_whole": _is_whole(layout, rows) & tf.reduce_any(count > 0.0),
        **_lengths(layout, values),
        "sample_spread": tf.reduce_mean(spread),
        "neighbor_share": _neighbor_share(layout, values, batch),
    }
    told |= _row_sums(layout, values, told)
    counts = _counts(layout, values, told)
    scalars = tf.stack([tf.cast(told[name], tf.float32) for name in SCALARS])
    # The smallest of no numbers is infinite.
    unknown = tf.math.is_inf(scalars) & _ARE_EXTREMES
    parts = [
        tf.cast(tf.shape(values), tf.float32),
        tf.where(unknown, math.nan, scalars),
    ]
    if layout.features:
        parts += [mean, std]
    return tf.concat([*parts, *counts], axis=0)


def _over_samples(values: Any) -> tuple[Any, Any]:
    """Mean and standard deviation at each place of a sample."""
    change = values - values[:1]
    mean = tf.reduce_mean(change, axis=0, keepdims=True)
    variance = tf.reduce_mean(tf.square(change - mean), axis=0)
    return values[:1] + mean, tf.sqrt(variance)


def _of_columns(mean: Any, std: Any, columns: int) -> tuple[Any, Any, Any]:
    """What `_of_finite` gives, from mean and deviation at each place.

    The variance is the mean of the variances and the variance of the means.
    """
    mean, std = tf.reshape(mean, (-1, columns)), tf.reshape(std, (-1, columns))
    first = tf.reduce_sum(mean[:1], axis=0)
    change = mean - first
    whole = tf.reduce_mean(change, axis=0)
    variance = tf.reduce_mean(tf.square(change - whole), axis=0)
    variance += tf.reduce_mean(tf.square(std), axis=0)
    return tf.zeros_like(whole), first + whole, tf.sqrt(variance)


def _of_finite(rows: Any) -> tuple[Any, Any, Any, Any, Any]:
    """How many of each column are not finite; mean and deviation of others.

    These are NaN where there are none. And the smallest and the largest of
    all others.
    """
    finite = tf.math.is_finite(rows)
    least = tf.reduce_min(tf.where(finite, rows, math.inf))
    most = tf.reduce_max(tf.where(finite, rows, -math.inf))
    missing = tf.reduce_sum(tf.cast(~finite, tf.float32), axis=0)
    count = tf.cast(tf.shape(rows)[0], tf.float32) - missing
    clean = tf.where(finite, rows, 0.0)
    # Of no samples at all, as a replica may have, there is no first one.
    first = tf.reduce_sum(clean[:1], axis=0)
    change = tf.where(finite, clean - first, 0.0)
    mean = tf.reduce_sum(change, axis=0) / count
    around = tf.where(finite, change - mean, 0.0)
    std = tf.sqrt(tf.reduce_sum(tf.square(around), axis=0) / count)
    return missing, first + mean, std, least, most


def _together(mean: Any, std: Any, count: Any, columns: int) -> dict[str, Any]:
    """Mean and standard deviation of all columns from those of each."""
    if columns == 1:
        return {"mean": mean[0], "std": std[0]}
    known = count > 0
    share = count / tf.reduce_sum(count)
    mean, std = tf.where(known, mean, 0.0), tf.where(known, std, 0.0)
    first = tf.reduce_sum(mean[:1])
    whole = tf.reduce_sum(share * (mean - first))
    # Squares of what is left after the mean of all.
    square = tf.square(std) + tf.square(mean - first - whole)
    return {
        "mean": first + whole,
        "std": tf.sqrt(tf.reduce_sum(share * square)),
    }


def _is_whole(layout: TensorLayout, rows: Any) -> Any:
    """Whether all are whole; of what is not, the first row says so already."""

    def whole(entries: Any) -> Any:
        # Infinity is equal to its own.
        alike = tf.equal(entries, tf.round(entries))
        return tf.reduce_all(alike | tf.math.is_nan(entries))

    if layout.axes < 3 and layout.units == 1:
        return whole(rows)
    return tf.cond(
        whole(rows[:1]), lambda: whole(rows), lambda: tf.constant(False)
    )


def _row_sums(
    layout: TensorLayout, values: Any, told: dict[str, Any]
) -> dict[str, Any]:
    if layout.axes < 2:
        names = ("row_sum_minimum", "row_sum_maximum")
        return {"is_one_hot": False, **dict.fromkeys(names, math.nan)}
    if layout.units == 1:
        return {
            "is_one_hot": False,
            "row_sum_minimum": told["minimum"],
            "row_sum_maximum": told["maximum"],
        }
    sums = tf.reduce_sum(values, axis=-1)
    finite = tf.math.is_finite(sums)
    least = tf.reduce_min(tf.where(finite, sums, math.inf))
    most = tf.reduce_max(tf.where(finite, sums, -math.inf))
    binary = told["is_whole"] & tf.equal(told["nonfinite"], 0.0)
    binary &= (told["minimum"] >= 0.0) & (told["maximum"] <= 1.0)
    one_hot = binary & tf.reduce_all(tf.equal(sums, 1.0))
    return {
        "is_one_hot": one_hot if layout.units else False,
        "row_sum_minimum": least,
        "row_sum_maximum": most,
    }


def _lengths(layout: TensorLayout, values: Any) -> dict[str, Any]:
    """Share of zeros, and how long samples are that are padded with them."""
    filled = tf.cast(tf.not_equal(values, 0.0), tf.float32)
    if layout.axes > 2:
        filled = tf.reduce_sum(filled, axis=list(range(2, layout.axes)))
    entries = tf.cast(tf.size(values), tf.float32)
    told = {"zero_share": (entries - tf.reduce_sum(filled)) / entries}
    if layout.axes < 2:
        names = ("empty_samples", "shortest", "longest")
        return told | dict.fromkeys(names, 0.0)
    if layout.axes > 2:
        filled = tf.cast(filled > 0.0, tf.float32)
    length = tf.reduce_sum(filled, axis=1)
    empty = tf.cast(tf.equal(length, 0.0), tf.float32)
    return told | {
        "empty_samples": tf.reduce_sum(empty),
        "shortest": tf.reduce_min(length),
        "longest": tf.reduce_max(length),
    }


def _neighbor_share(layout: TensorLayout, values: Any, batch: Any) -> Any:
    if layout.role != "target":
        return math.nan
    same = tf.equal(values[1:], values[:-1])
    if layout.axes > 1:
        same = tf.reduce_all(same, axis=list(range(1, layout.axes)))
    share = tf.reduce_sum(tf.cast(same, tf.float32))
    return share / tf.cast(batch - 1, tf.float32)


def _counts(
    layout: TensorLayout, values: Any, told: dict[str, Any]
) -> list[Any]:
    """`(classes,)`, -1 in front where there are no classes."""
    if not layout.classes:
        return []
    if layout.role == "prediction":
        return [_predicted(layout, values)]
    labels = tf.reshape(values, [-1])
    fits = (labels >= 0.0) & (labels < float(CLASSES))
    sound = told["is_whole"] & tf.equal(told["nonfinite"], 0.0)
    counts = _frequencies(
        tf.where(fits, tf.cast(tf.where(fits, labels, 0.0), tf.int32), -1),
        CLASSES,
    )
    counts = tf.where(sound & tf.reduce_all(fits), counts, -1.0)
    if 1 < layout.units <= CLASSES:
        rows = tf.reshape(values, (-1, layout.units))
        room = [[0, CLASSES - layout.units]]
        of_rows = tf.pad(tf.reduce_sum(rows, axis=0), room)
        counts = tf.where(told["is_one_hot"], of_rows, counts)
    return [counts]


def _predicted(layout: TensorLayout, values: Any) -> Any:
    clean = tf.where(tf.math.is_finite(values), values, 0.0)
    if layout.units > 1:
        rows = tf.reshape(clean, (-1, layout.units))
        classes = tf.argmax(rows, axis=1, output_type=tf.int32)
        return _frequencies(classes, layout.units)
    is_share = (tf.reduce_min(clean) >= 0.0) & (tf.reduce_max(clean) <= 1.0)
    limit = tf.where(is_share, 0.5, 0.0)
    above = tf.reduce_sum(tf.cast(clean >= limit, tf.float32))
    return tf.stack([tf.cast(tf.size(clean), tf.float32) - above, above])


def _frequencies(classes: Any, count: int) -> Any:
    """How often each class occurs; negative ones are not counted."""
    ones = tf.ones_like(classes, tf.float32)
    return tf.math.unsorted_segment_sum(ones, classes, count)
