"""What a statistic reads, and what it promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kgrad.records import Measure


@dataclass(frozen=True)
class Flow:
    """What passes through the variables of an optimizer in one step.

    Every tensor is a view `(rows, units)` of a variable's shape: units are
    the last axis, rows are all the rest; the column of a unit holds all the
    weights that lead to it. Variables with the same number of rows share a
    tensor. The units of all tensors, one after the other, are the *units*
    axis of what statistics return.

    Args:
        gradients: What the optimizer is given, unscaled and accumulated.
            Of a sparse gradient, the rows that it touches.
        clipped: What the optimizer uses, after its clipping.
        before: The weights before the update.
        after: The weights after the update.
        unit_max: `(units,)`: the largest |g| of each unit.
        quiet_steps: `(units,)`: for how many steps in a row, this one among
            them, the unit's gradient has been exactly zero.
    """

    gradients: Sequence[tf.Tensor]
    clipped: Sequence[tf.Tensor]
    before: Sequence[tf.Tensor]
    after: Sequence[tf.Tensor]
    unit_max: tf.Tensor
    quiet_steps: tf.Tensor
    owner: npt.NDArray[np.int32]

    @cached_property
    def gradient_norms(self) -> Any:
        """`(units,)`: the norm of each unit's gradient."""
        return norms(self.gradients)


class Statistic(ABC):
    """One number per target and step, measured inside the compiled step.

    A statistic measures every unit; its measure's rule makes gates,
    variables and the model of them. Pure, without Python state, compilable
    by XLA.

    Attributes:
        measure: What the number means.
    """

    measure: ClassVar[Measure]

    @abstractmethod
    def __call__(self, flow: Flow) -> tf.Tensor:
        """The number of each unit, `(units,)`, any float type."""


def unit_max(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    """`(units,)`: the largest absolute entry of each unit, 0 without rows."""
    largest = [
        tf.cast(tf.reduce_max(tf.abs(x), axis=0), tf.float32) for x in tensors
    ]
    return tf.maximum(tf.concat(largest, axis=0), 0.0)


def norms(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    """`(units,)`: the L2 norm of each unit, float64.

    In float64 the square of every float32 is finite, and not zero unless
    the number is: norms of 1e-25 and of 1e25 come out as such.
    """
    squares = [
        tf.reduce_sum(tf.square(tf.cast(x, tf.float64)), axis=0)
        for x in tensors
    ]
    return tf.sqrt(tf.concat(squares, axis=0))
