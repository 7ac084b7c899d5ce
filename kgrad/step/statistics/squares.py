"""Sums of squares: exact where it costs nothing, and where it matters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

MANY = 2**14
"""A tensor of more numbers is summed in float32, if the result allows it."""

BLOCK = 2**20
"""Numbers in a block: it stays in the processor's cache."""

LARGE = 4 * BLOCK
"""A tensor of more is not copied as a whole."""

_TRUSTED = 1e-24
"""What underflows in float32 is nothing beside a sum of squares of this."""


class Group(NamedTuple):
    """Of variables side by side: all that statistics take the norm of.

    Args:
        gradient: `(rows, units)`; it may have other rows than the weights.
        before: The weights before the update, `(rows, units)`.
        after: The weights after it.
        clipped: The gradient after clipping; None if that is the same.
        known: The sums of squares of weights and update, `(units,)` each,
            float64, where they are known already.
    """

    gradient: tf.Tensor
    before: tf.Tensor
    after: tf.Tensor
    clipped: tf.Tensor | None = None
    known: tuple[tf.Tensor, tf.Tensor] | None = None


Rule = Callable[..., list[tf.Tensor]]
"""Of tensors `(rows, units)`, sums over rows: `(units,)` each, float64."""


def is_large(tensor: tf.Tensor) -> bool:
    """Whether it is to be read in blocks of rows."""
    rows, units = tensor.shape
    return rows is not None and rows > 1 and rows * units > LARGE


def sums_of_squares(
    groups: Sequence[Group], owners: Sequence[npt.NDArray[np.int32]]
) -> list[tf.Tensor]:
    """Of the columns of every tensor, as if computed in float64.

    In float64 the square of every float32 is finite, and not zero unless the
    number is. It takes four times as long as in float32, which matters for
    many numbers: those are summed in float32. Gradients are then summed
    again in float64 if a target's sum is so small that something may have
    been lost, or not finite. Weights and updates are not: the weights would
    have to be kept until then. Their norm is infinite beyond 1e19 and 0
    below 1e-19; an update is that small only if the weights are below 1e-11,
    or it would not change them.

    Args:
        groups: What to sum; all of them have `clipped`, or none.
        owners: For each group `(units,)`, the index of the target that a
            unit is of.

    Returns:
        Of gradients, weights, updates, and clipped gradients if there are
        any: `(units,)` each, float64, the units of all groups one after the
        other.
    """
    many = [i for i, group in enumerate(groups) if _has_many(group)]
    sums = {
        i: _of_few(group) for i, group in enumerate(groups) if i not in many
    }
    if many:
        owner = np.concatenate([owners[i] for i in many])
        gradients = _of_gradients([groups[i] for i in many], owner)
        for i, (gradient, *clipped) in zip(many, gradients, strict=True):
            sums[i] = tf.stack([gradient, *_of_weights(groups[i]), *clipped])
    table = tf.concat([sums[i] for i in range(len(groups))], axis=1)
    return list(tf.unstack(table))


def _has_many(group: Group) -> bool:
    return group.known is not None or math.prod(group.before.shape) > MANY


def _of_few(group: Group) -> tf.Tensor:
    """All together, if they are alike: operations are what a step costs.

    Returns:
        `(3 or 4, units)`: gradient, weights, update, and what was clipped.
    """
    gradient, before, after, clipped, _ = group
    update = at_least_float32(after) - at_least_float32(before)
    tensors = [x for x in (gradient, before, update, clipped) if x is not None]
    if len({(tuple(x.shape), x.dtype) for x in tensors}) > 1:
        return tf.stack([columns(x, tf.float64) for x in tensors])
    stacked = tf.cast(tf.stack(tensors), tf.float64)
    return tf.reduce_sum(tf.square(stacked), axis=1)


def _of_weights(group: Group) -> Sequence[tf.Tensor]:
    if group.known is not None:
        return group.known

    def rule(before: tf.Tensor, after: tf.Tensor) -> list[tf.Tensor]:
        update = at_least_float32(after) - at_least_float32(before)
        return [columns(before, tf.float32), columns(update, tf.float32)]

    return _by_blocks(rule, [group.before, group.after])


def _of_gradients(
    groups: Sequence[Group], owner: npt.NDArray[np.int32]
) -> list[list[tf.Tensor]]:
    """For each group that of the gradient, and of what clipping left."""

    def sums(dtype: tf.DType) -> list[list[tf.Tensor]]:
        return [
            _by_blocks(
                lambda *tensors: [columns(x, dtype) for x in tensors],
                [x for x in (g.gradient, g.clipped) if x is not None],
            )
            for g in groups
        ]

    quick = sums(tf.float32)
    exact: list[list[tf.Tensor]] = tf.cond(
        _can_be_trusted(quick, owner), lambda: quick, lambda: sums(tf.float64)
    )
    return exact


def _can_be_trusted(
    sums: Sequence[Sequence[tf.Tensor]], owner: npt.NDArray[np.int32]
) -> tf.Tensor:
    """Whether each target's sum is finite and far from underflow."""
    _, place = np.unique(owner, return_inverse=True)
    units = [tf.concat(row, axis=0) for row in zip(*sums, strict=True)]
    totals = tf.math.unsorted_segment_sum(
        tf.stack(units, axis=1), place, int(place.max()) + 1
    )
    return tf.reduce_all((totals > _TRUSTED) & tf.math.is_finite(totals))


def _by_blocks(rule: Rule, tensors: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """What a rule gives; of large tensors block by block, without a copy."""
    if not is_large(tensors[0]):
        return rule(*tensors)
    rows, units = tensors[0].shape
    block = max(BLOCK // units, 1)

    def add(first: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        # The last block is as long as the others, and counts what is new.
        start = tf.minimum(first, rows - block)
        fresh = tf.range(start, start + block) >= first
        parts = [
            tf.where(
                fresh[:, tf.newaxis],
                tf.slice(x, [start, 0], [block, units]),
                tf.zeros((), x.dtype),
            )
            for x in tensors
        ]
        return first + block, total + tf.stack(rule(*parts))

    count = len(tensors)
    _, total = tf.while_loop(
        lambda first, total: first < rows,
        add,
        (0, tf.zeros((count, units), tf.float64)),
        parallel_iterations=1,
    )
    return list(tf.unstack(total, num=count))


def columns(tensor: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """`(units,)`, float64: the sums of squares of its columns.

    Args:
        tensor: `(rows, units)`.
        dtype: In what precision they are squared and added up, at least.
    """
    if tensor.dtype.size < dtype.size:
        tensor = tf.cast(tensor, dtype)
    return tf.cast(tf.reduce_sum(tf.square(tensor), axis=0), tf.float64)


def at_least_float32(tensor: tf.Tensor) -> tf.Tensor:
    """The tensor, in float32 if it has half of its precision."""
    return tf.cast(tensor, tf.float32) if tensor.dtype.size < 4 else tensor
