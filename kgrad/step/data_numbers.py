"""A tensor of a batch in numbers, inside the step: `TensorSummary` in graph.

Each number is defined by `kgrad.records.summaries`; here they are computed
in as few passes as are exact. What all entries share is subtracted first, so
that what is constant has a spread of exactly 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from kgrad.records import Role, TensorSummary
from kgrad.records.summaries import CLASSES, FEATURES

_AXES = 8
"""Tensors of more axes are not looked at."""

_SCALARS = (
    "nonfinite",
    "minimum",
    "maximum",
    "mean",
    "std",
    "zero_share",
    "is_whole",
    "is_one_hot",
    "row_sum_minimum",
    "row_sum_maximum",
    "sample_spread",
    "neighbor_share",
    "empty_samples",
    "shortest",
    "longest",
)
_WHOLE = {"nonfinite", "empty_samples", "shortest", "longest"}
_TRUTHS = {"is_whole", "is_one_hot"}


@dataclass(frozen=True)
class TensorLayout:
    """Where the numbers of one tensor stand in its row.

    Args:
        role: What the tensor is for.
        name: Its name.
        dtype: Its type.
        axes: Number of its axes.
        units: Length of the last of two or more axes, 0 if it is not the
            same in every batch; 1 of one axis.
    """

    role: Role
    name: str
    dtype: str
    axes: int
    units: int

    @property
    def features(self) -> int:
        """Number of features that are told one by one."""
        return self.units if self.axes > 1 and self.units <= FEATURES else 0

    @property
    def classes(self) -> int:
        """Room for counts of classes."""
        if self.role == "target":
            return CLASSES
        if self.role == "prediction" and 0 < self.units <= CLASSES:
            return max(self.units, 2)
        return 0

    @property
    def width(self) -> int:
        """How many numbers there are."""
        return self.axes + len(_SCALARS) + 2 * self.features + self.classes

    def summary(self, row: Any) -> TensorSummary:
        """What was read on the host.

        Args:
            row: `(width,)`.
        """
        shape, scalars, mean, std, counts = np.split(
            row.astype(np.float64),
            np.cumsum([self.axes, len(_SCALARS), self.features, self.features]),
        )
        told: dict[str, Any] = dict(zip(_SCALARS, scalars, strict=True))
        for name, value in told.items():
            if name in _TRUTHS:
                told[name] = bool(value)
            else:
                told[name] = int(value) if name in _WHOLE else float(value)
        counted = counts[0] >= 0 if len(counts) else False
        found = tuple(int(n) for n in counts) if counted else ()
        if self.role == "target" and found:
            found = found[: self._labels(found, told)]
        if self.role != "target" or not found:
            told["neighbor_share"] = math.nan
        # Of a single row they would be the sample.
        features = (mean, std) if shape[:-1].prod() > 1 else ((), ())
        return TensorSummary(
            role=self.role,
            name=self.name,
            shape=tuple(int(n) for n in shape),
            dtype=self.dtype,
            feature_mean=tuple(map(float, features[0])),
            feature_std=tuple(map(float, features[1])),
            class_counts=found,
            **told,
        )

    def _labels(self, counts: tuple[int, ...], told: dict[str, Any]) -> int:
        if told["is_one_hot"] and self.units <= CLASSES:
            return self.units
        return int(np.flatnonzero(counts)[-1]) + 1


def layout_of_tensor(role: Role, name: str, tensor: Any) -> TensorLayout | None:
    """The layout of a tensor's numbers, None if it is not looked at."""
    if not isinstance(tensor, tf.Tensor) or tensor.shape.rank is None:
        return None
    is_number = tensor.dtype.is_floating or tensor.dtype.is_integer
    if not is_number and tensor.dtype != tf.bool:
        return None
    axes = tensor.shape.rank
    units = tensor.shape[-1] if axes > 1 else 1
    if not 0 < axes <= _AXES:
        return None
    return TensorLayout(role, name, tensor.dtype.name, axes, units or 0)


def numbers_of(layout: TensorLayout, tensor: Any) -> Any:
    """The row of a tensor, `(width,)` float32."""
    values = tf.cast(tf.stop_gradient(tensor), tf.float32)
    batch = tf.shape(values)[0]
    columns = layout.features or 1
    rows = tf.reshape(values, (-1, columns))
    finite = tf.math.is_finite(rows)
    known = tf.cast(finite, tf.float32)
    clean = tf.where(finite, rows, 0.0)
    count = tf.reduce_sum(known, axis=0)
    mean, std = _moments(clean, known, count)
    told = {
        "nonfinite": tf.reduce_sum(1.0 - known),
        **_together(mean, std, count),
        **_extremes(rows, finite),
        "zero_share": tf.reduce_mean(tf.cast(rows == 0.0, tf.float32)),
        "is_whole": tf.reduce_all(tf.equal(clean, tf.round(clean)))
        & tf.reduce_any(finite),
        **_row_sums(layout, values),
        "sample_spread": _sample_spread(values),
        **_lengths(layout, values),
        "neighbor_share": _neighbor_share(layout, values, batch),
    }
    counts = _counts(layout, values, told)
    parts = [
        tf.cast(tf.shape(values), tf.float32),
        tf.stack([tf.cast(told[name], tf.float32) for name in _SCALARS]),
    ]
    if layout.features:
        parts += [mean, std]
    return tf.concat([*parts, *counts], axis=0)


def _moments(clean: Any, known: Any, count: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of each column, NaN without entries."""
    # Of no samples at all, as a replica may have, there is no first one.
    first = tf.reduce_sum(clean[:1], axis=0)
    change = (clean - first) * known
    mean = tf.reduce_sum(change, axis=0) / count
    around = (clean - first - mean) * known
    std = tf.sqrt(tf.reduce_sum(tf.square(around), axis=0) / count)
    return first + mean, std


def _together(mean: Any, std: Any, count: Any) -> dict[str, Any]:
    """Mean and standard deviation of all columns from those of each."""
    known = count > 0
    share = count / tf.reduce_sum(count)
    mean, std = tf.where(known, mean, 0.0), tf.where(known, std, 0.0)
    first = tf.reduce_sum(tf.where(known, mean, 0.0)[:1])
    whole = tf.reduce_sum(share * (mean - first))
    # Squares of what is left after the mean of all.
    square = tf.square(std) + tf.square(mean - first - whole)
    return {
        "mean": first + whole,
        "std": tf.sqrt(tf.reduce_sum(share * square)),
    }


def _extremes(rows: Any, finite: Any) -> dict[str, Any]:
    least = tf.reduce_min(tf.where(finite, rows, math.inf))
    most = tf.reduce_max(tf.where(finite, rows, -math.inf))
    return {"minimum": _known(least), "maximum": _known(most)}


def _row_sums(layout: TensorLayout, values: Any) -> dict[str, Any]:
    if layout.axes < 2:
        names = ("row_sum_minimum", "row_sum_maximum")
        return {"is_one_hot": False, **dict.fromkeys(names, math.nan)}
    sums = tf.reduce_sum(values, axis=-1)
    finite = tf.math.is_finite(sums)
    least = tf.reduce_min(tf.where(finite, sums, math.inf))
    most = tf.reduce_max(tf.where(finite, sums, -math.inf))
    binary = tf.reduce_all(tf.equal(values, 0.0) | tf.equal(values, 1.0))
    one_hot = binary & tf.reduce_all(tf.equal(sums, 1.0))
    return {
        "is_one_hot": one_hot if layout.units > 1 else False,
        "row_sum_minimum": _known(least),
        "row_sum_maximum": _known(most),
    }


def _sample_spread(values: Any) -> Any:
    change = values - values[:1]
    around = change - tf.reduce_mean(change, axis=0, keepdims=True)
    std = tf.sqrt(tf.reduce_mean(tf.square(around), axis=0))
    return tf.reduce_mean(std)


def _lengths(layout: TensorLayout, values: Any) -> dict[str, Any]:
    if layout.axes < 2:
        return dict.fromkeys(("empty_samples", "shortest", "longest"), 0.0)
    steps = tf.not_equal(values, 0.0)
    if layout.axes > 2:
        steps = tf.reduce_any(steps, axis=list(range(2, layout.axes)))
    length = tf.reduce_sum(tf.cast(steps, tf.float32), axis=1)
    empty = tf.cast(tf.equal(length, 0.0), tf.float32)
    return {
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


def _known(extreme: Any) -> Any:
    """NaN for the smallest of no numbers."""
    return tf.where(tf.math.is_inf(extreme), math.nan, extreme)
