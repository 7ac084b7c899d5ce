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
from kgrad.step.statistics.units import count, reduced


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
        number = len(self.gradients)
        same = self.clipped is self.gradients
        groups = [
            Group(*tensors)
            for tensors in zip(
                self.gradients,
                self.before,
                self.after,
                [None] * number if same else self.clipped,
                self.known or [None] * number,
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
    """`(targets,)` each, float64: the sum of squares of each target.

    In float64 the square of every float32 is finite, and not zero unless
    the number is: norms of 1e-25 and of 1e25 come out as such.
    """

    gradients: tf.Tensor
    weights: tf.Tensor
    updates: tf.Tensor
    clipped: tf.Tensor


class OfTargets(NamedTuple):
    """What a statistic returns that has added up the units of each target.

    Args:
        sums: `(targets,)`, float64.
    """

    sums: tf.Tensor


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
    of: Callable[[Flow], tf.Tensor | OfTargets]


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
    values: Sequence[tf.Tensor | OfTargets],
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
        values: For each measure `(units,)`, or the sums of targets, as its
            `Statistic` returns them.
        owner: `(units,)`, index of the target that a unit is of.

    Returns:
        `(targets, measures)`, float32.
    """
    if not measures:
        return tf.zeros((count(owner), 0))
    rules = np.array([measure.combine for measure in measures])
    known = [i for i, x in enumerate(values) if isinstance(x, OfTargets)]
    order: list[int] = []
    parts = []
    for rule, of_rule in (
        (tf.reduce_sum, rules != "max"),
        (tf.reduce_max, rules == "max"),
    ):
        chosen = [int(i) for i in np.flatnonzero(of_rule) if i not in known]
        if chosen:
            terms = [tf.cast(values[i], tf.float64) for i in chosen]
            parts.append(reduced(rule, terms, owner))
            order += chosen
    if known:
        parts.append(tf.stack([values[i].sums for i in known], axis=1))
        order += known
    total = parts[0] if len(parts) == 1 else tf.concat(parts, axis=1)
    if order != sorted(order):
        total = tf.gather(total, np.argsort(order), axis=1)
    units = np.bincount(owner)[:, np.newaxis]
    total /= np.where(rules == "mean_by_units", units, 1).astype(np.float64)
    rooted = rules == "root_sum_square"
    return tf.cast(tf.where(rooted, tf.sqrt(total), total), tf.float32)
