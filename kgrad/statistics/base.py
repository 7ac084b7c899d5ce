"""What a statistic reads, and what it promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import tensorflow as tf

from kgrad.records import Measure


@dataclass(frozen=True)
class Flow:
    """What passes through one variable in one step.

    Every tensor is a view `(rows, gates, units)` of the variable's shape:
    units are the last axis, gates lie side by side on it, rows are all the
    rest. A variable without gates has one.

    Args:
        gradient: What the optimizer is given, unscaled and accumulated.
            Of a sparse gradient, the rows that it touches.
        clipped: What the optimizer uses, after its clipping.
        before: The weights before the update.
        after: The weights after the update.
        quiet_steps: `(gates, units)`: for how many steps in a row, this
            one among them, the unit's gradient has been exactly zero.
    """

    gradient: tf.Tensor
    clipped: tf.Tensor
    before: tf.Tensor
    after: tf.Tensor
    quiet_steps: tf.Tensor

    @cached_property
    def unit_max(self) -> Any:
        """`(gates, units)`: the largest |g| of each unit."""
        return unit_max(self.gradient)


class Statistic(ABC):
    """One number per target and step, measured inside the compiled step.

    Pure, without Python state, compilable by XLA.

    Attributes:
        measure: What the number means.
    """

    measure: ClassVar[Measure]

    @abstractmethod
    def __call__(self, flow: Flow) -> tf.Tensor:
        """The number of each gate, `(gates,)`, any float type."""


def unit_max(gradient: tf.Tensor) -> tf.Tensor:
    """`(gates, units)`: the largest |g| of each unit, 0 without rows."""
    largest = tf.reduce_max(tf.abs(gradient), axis=0)
    return tf.maximum(largest, tf.zeros((), gradient.dtype))


def norm(tensor: tf.Tensor) -> tf.Tensor:
    """L2 norm of each gate: sqrt(sum x^2), `(gates,)`, float64.

    The squares are taken in float64, where those of every float32 are
    finite and not zero: 1e-25 and 1e25 come out as such.
    """
    squares = tf.square(tf.cast(tensor, tf.float64))
    return tf.sqrt(tf.reduce_sum(squares, axis=(0, 2)))
