"""Where the numbers of a tensor stand in the row that a step writes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import tensorflow as tf

from kgrad.records import Role, TensorSummary
from kgrad.records.summaries import CLASSES, FEATURES

_AXES = 8
"""Tensors of more axes are not looked at."""

SCALARS = (
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
"""Numbers that every tensor has, in their order."""

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
        return self.axes + len(SCALARS) + 2 * self.features + self.classes

    def summary(self, row: Any) -> TensorSummary:
        """What was read on the host.

        Args:
            row: `(width,)`.
        """
        parts = (self.axes, len(SCALARS), self.features, self.features)
        ends = accumulate(parts, initial=0)
        numbers = row.astype(np.float64)
        shape, scalars, mean, std = [
            numbers[end : end + length].tolist()
            for end, length in zip(ends, parts, strict=False)
        ]
        told: dict[str, Any] = dict(zip(SCALARS, scalars, strict=True))
        for name, value in told.items():
            if name in _TRUTHS:
                told[name] = bool(value)
            elif name in _WHOLE:
                told[name] = int(value)
        counts = numbers[sum(parts) :]
        found: tuple[int, ...] = ()
        if len(counts) and counts[0] >= 0:
            if self.role == "target":
                counts = counts[: self._labels(counts, told)]
            found = tuple(map(int, counts.tolist()))
        if self.role != "target" or not found:
            told["neighbor_share"] = math.nan
        # Of a single row they would be the sample.
        features = (mean, std) if math.prod(shape[:-1]) > 1 else ((), ())
        return TensorSummary(
            role=self.role,
            name=self.name,
            shape=tuple(map(int, shape)),
            dtype=self.dtype,
            feature_mean=tuple(features[0]),
            feature_std=tuple(features[1]),
            class_counts=found,
            **told,
        )

    def _labels(self, counts: Any, told: dict[str, Any]) -> int:
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
