"""What a statistic reads, and how its numbers become those of targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.squares import Group, is_large, sums_of_squares

_MANY_UNITS = 2**14


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
        clipped: What the optimizer uses, after all clipping that is not in
            `factor`.
        before: The weights before the update.
        after: The weights after the update.
        unit_max: `(units,)`: the largest |g| of each unit.
        quiet_steps: `(units,)`: for how many steps in a row, this one among
            them, the unit's gradient has been exactly zero.
        owner: `(units,)`, index of the target that a unit is of.
        factor: Scalar that `clipped` is still to be multiplied by; None for
            1.
        known: For each tensor None, or what is read in its stead of `before`
            and `after`, `(units,)` each, float64: the sums of squares of all
            weights before the update, and of the update.
    """

    gradients: Sequence[tf.Tensor]
    clipped: Sequence[tf.Tensor]
    before: Sequence[tf.Tensor]
    after: Sequence[tf.Tensor]
    unit_max: tf.Tensor
    quiet_steps: tf.Tensor
    owner: npt.NDArray[np.int32]
    factor: tf.Tensor | None = None
    known: Sequence[tuple[tf.Tensor, tf.Tensor] | None] = ()

    @cached_property
    def squares(self) -> Squares:
        """Sums of squares of all that statistics take the norm of.

        In one go: the cost of a small step is its number of operations.
        """
        count = len(self.gradients)
        same = self.clipped is self.gradients
        groups = [
            Group(*tensors)
            for tensors in zip(
                self.gradients,
                self.before,
                self.after,
                [None] * count if same else self.clipped,
                self.known or [None] * count,
                strict=True,
            )
        ]
        ends = np.cumsum([group.before.shape[1] for group in groups])
        gradients, weights, updates, *clipped = sums_of_squares(
            groups, np.split(self.owner, ends[:-1])
        )
        used = clipped[0] if clipped else gradients
        if self.factor is not None:
            used *= tf.square(tf.cast(self.factor, tf.float64))
        return Squares(gradients, weights, updates, used)


class Squares(NamedTuple):
    """`(units,)` each, float64: the sum of squares of each unit.

    In float64 the square of every float32 is finite, and not zero unless
    the number is: norms of 1e-25 and of 1e25 come out as such.
    """

    gradients: tf.Tensor
    weights: tf.Tensor
    updates: tf.Tensor
    clipped: tf.Tensor


@dataclass(frozen=True)
class Statistic:
    """One number per target and step, measured inside the compiled step.

    Each unit contributes to the number; the rule of the measure makes those
    of gates, variables and the whole model of them.

    Args:
        measure: What the number means.
        of: What each unit contributes, `(units,)`, of any float type, from
            the `Flow` of a step. Pure, without Python state, and compilable
            by XLA.

    Example:
        >>> mean = kgrad.Statistic(             # doctest: +SKIP
        ...     kgrad.Measure(
        ...         "gradient_unit_max",
        ...         unit="loss per unit of weight",
        ...         description="Mean of the units' largest entries.",
        ...         combine="mean_by_units",
        ...     ),
        ...     lambda flow: flow.unit_max,
        ... )
    """

    measure: Measure
    of: Callable[[Flow], tf.Tensor]


def unit_max(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    """`(units,)`: the largest absolute entry of each unit, 0 without rows."""
    largest = [tf.cast(_largest(x), tf.float32) for x in tensors]
    return tf.maximum(tf.concat(largest, axis=0), 0.0)


def _largest(tensor: tf.Tensor) -> tf.Tensor:
    if is_large(tensor):  # Without a copy.
        low, high = tf.reduce_min(tensor, axis=0), tf.reduce_max(tensor, axis=0)
        return tf.maximum(high, -low)
    return tf.reduce_max(tf.abs(tensor), axis=0)


def per_target(
    measures: Sequence[Measure],
    values: Sequence[tf.Tensor],
    owner: npt.NDArray[np.int32],
) -> tf.Tensor:
    """The numbers of targets, from what their units contribute.

    Every rule but the maximum is a sum over units with something before and
    after it, so that a single pass over the units does:

        root_sum_square  sqrt(sum(x)), x the sum of squares of a unit
        sum              sum(x)
        mean_by_units    sum(x) / units

    Args:
        measures: Say by which rule.
        values: For each measure `(units,)`, as its `Statistic` returns them.
        owner: `(units,)`, index of the target that a unit is of.

    Returns:
        `(targets, measures)`, float32.
    """
    if not measures:
        return tf.zeros((_count(owner), 0))
    rules = [measure.combine for measure in measures]
    largest = [i for i, rule in enumerate(rules) if rule == "max"]
    summed = [i for i, rule in enumerate(rules) if rule != "max"]
    columns = []
    if summed:
        columns.append(
            _sums(
                [rules[i] for i in summed], [values[i] for i in summed], owner
            )
        )
    if largest:
        columns.append(
            _reduced(tf.reduce_max, [values[i] for i in largest], owner)
        )
    table = columns[0] if len(columns) == 1 else tf.concat(columns, axis=1)
    order = [*summed, *largest]
    if order == sorted(order):
        return table
    return tf.gather(table, np.argsort(order), axis=1)


def _sums(
    rules: Sequence[str],
    values: Sequence[tf.Tensor],
    owner: npt.NDArray[np.int32],
) -> tf.Tensor:
    """`(targets, rules)`, float32; the sums are float64."""
    terms = [tf.cast(x, tf.float64) for x in values]
    total = _reduced(tf.reduce_sum, terms, owner)
    averaged = np.array([rule == "mean_by_units" for rule in rules])
    rooted = np.array([rule == "root_sum_square" for rule in rules])
    units = np.bincount(owner)[:, np.newaxis]
    total /= np.where(averaged, units, 1).astype(np.float64)
    return tf.cast(tf.where(rooted, tf.sqrt(total), total), tf.float32)


def _reduced(
    rule: Callable[..., tf.Tensor],
    values: Sequence[tf.Tensor],
    owner: npt.NDArray[np.int32],
) -> tf.Tensor:
    """`(targets, values)`: a sum or maximum over the units of each target.

    A few units are told apart by their index, in one operation. Of many,
    those of a target lie side by side, and targets of the same size one
    after the other: that is a matrix, whose rows are reduced ten times as
    fast.
    """
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    if len(owner) < _MANY_UNITS or len(starts) > _count(owner):
        segments = {
            tf.reduce_sum: tf.math.unsorted_segment_sum,
            tf.reduce_max: tf.math.unsorted_segment_max,
        }[rule]
        return segments(tf.stack(values, axis=1), owner, _count(owner))
    lengths = np.diff(starts, append=len(owner))
    stretches = np.split(
        np.arange(len(starts)), np.flatnonzero(np.diff(lengths)) + 1
    )
    columns = []
    for value in values:
        rows = []
        for stretch in stretches:
            first, length = starts[stretch[0]], lengths[stretch[0]]
            units = value[first : first + length * len(stretch)]
            rows.append(rule(tf.reshape(units, (len(stretch), length)), axis=1))
        columns.append(tf.concat(rows, axis=0))
    table = tf.stack(columns, axis=1)
    return tf.gather(table, np.argsort(owner[starts]))


def _count(owner: npt.NDArray[np.int32]) -> int:
    return int(owner.max()) + 1
