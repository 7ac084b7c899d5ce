"""Sums of squares: exact where it costs nothing, and where it matters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kgrad.step.rare import rare
from kgrad.step.statistics.units import count, reduced

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
"""Of tensors `(rows, units)`, sums of targets: `(targets,)` each, float64."""


def is_large(tensor: tf.Tensor) -> bool:
    """Whether it is to be read in blocks of rows."""
    rows, units = tensor.shape
    return rows is not None and rows > 1 and rows * units > LARGE


def sums_of_squares(
    groups: Sequence[Group], owners: Sequence[npt.NDArray[np.int32]]
) -> list[tf.Tensor]:
    """Of the targets in every tensor, as if computed in float64.

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
            unit is of. The units of a target are in one group.

    Returns:
        Of gradients, weights, updates, and clipped gradients if there are
        any: `(targets,)` each, float64.
    """
    many = [i for i, group in enumerate(groups) if _has_many(group)]
    few = [i for i in range(len(groups)) if i not in many]
    of_many = [groups[i] for i in many]
    places = [_places(owners[i]) for i in many]
    targets = [np.unique(owners[i]) for i in many]
    parts = []
    if many:
        gradients = _of_gradients(of_many, places)
        weights = [
            _of_weights(group, place)
            for group, place in zip(of_many, places, strict=True)
        ]
        rows = [
            [gradient, *of_weights, *clipped]
            for (gradient, *clipped), of_weights in zip(
                gradients, weights, strict=True
            )
        ]
        joined = [tf.concat(x, axis=0) for x in zip(*rows, strict=True)]
        parts.append(tf.stack(joined, axis=1))
    if few:
        owner = np.concatenate([owners[i] for i in few])
        targets.append(np.unique(owner))
        table = tf.concat([_of_few(groups[i]) for i in few], axis=1)
        parts.append(reduced(tf.reduce_sum, table, _places(owner)))
    table = parts[0] if len(parts) == 1 else tf.concat(parts, axis=0)
    order = np.argsort(np.concatenate(targets))
    if (np.diff(order) != 1).any():
        table = tf.gather(table, order)
    return list(tf.unstack(table, axis=1))


def _places(owner: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The targets of units, counted from 0 without gaps."""
    return np.unique(owner, return_inverse=True)[1].astype(np.int32)


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


def _of_weights(
    group: Group, place: npt.NDArray[np.int32]
) -> Sequence[tf.Tensor]:
    if group.known is not None:
        return [reduced(tf.reduce_sum, [x], place)[:, 0] for x in group.known]

    def rule(before: tf.Tensor, after: tf.Tensor) -> list[tf.Tensor]:
        update = at_least_float32(after) - at_least_float32(before)
        return [
            _of_targets(before, place, tf.float32),
            _of_targets(update, place, tf.float32),
        ]

    return _by_blocks(rule, [group.before, group.after], count(place))


def _of_gradients(
    groups: Sequence[Group], places: Sequence[npt.NDArray[np.int32]]
) -> list[list[tf.Tensor]]:
    """For each group that of the gradient, and of what clipping left."""

    def sums(dtype: tf.DType) -> list[list[tf.Tensor]]:
        return [
            _by_blocks(
                lambda *tensors, place=place: [
                    _of_targets(x, place, dtype) for x in tensors
                ],
                [x for x in (g.gradient, g.clipped) if x is not None],
                count(place),
            )
            for g, place in zip(groups, places, strict=True)
        ]

    quick = sums(tf.float32)
    exact: list[list[tf.Tensor]] = tf.cond(
        _can_be_trusted(quick), lambda: quick, rare(lambda: sums(tf.float64))
    )
    return exact


def _can_be_trusted(sums: Sequence[Sequence[tf.Tensor]]) -> tf.Tensor:
    """Whether each target's sum is finite and far from underflow."""
    totals = tf.concat([x for row in sums for x in row], axis=0)
    return tf.reduce_all((totals > _TRUSTED) & tf.math.is_finite(totals))


def _of_targets(
    tensor: tf.Tensor, place: npt.NDArray[np.int32], dtype: tf.DType
) -> tf.Tensor:
    """`(targets,)`, float64: the sums of squares.

    Of a single target in one pass, without a tensor of the squares.
    """
    if count(place) > 1:
        return reduced(tf.reduce_sum, [columns(tensor, dtype)], place)[:, 0]
    half = tf.nn.l2_loss(_at_least(tensor, dtype))
    return tf.reshape(2.0 * tf.cast(half, tf.float64), (1,))


def _by_blocks(
    rule: Rule, tensors: Sequence[tf.Tensor], targets: int
) -> list[tf.Tensor]:
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

    _, total = tf.while_loop(
        lambda first, total: first < rows,
        add,
        (0, tf.zeros((len(tensors), targets), tf.float64)),
        parallel_iterations=1,
    )
    return list(tf.unstack(total, num=len(tensors)))


def columns(tensor: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """`(units,)`, float64: the sums of squares of its columns.

    Args:
        tensor: `(rows, units)`.
        dtype: In what precision they are squared and added up, at least.
    """
    squares = tf.square(_at_least(tensor, dtype))
    return tf.cast(tf.reduce_sum(squares, axis=0), tf.float64)


def _at_least(tensor: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    return tf.cast(tensor, dtype) if tensor.dtype.size < dtype.size else tensor


def at_least_float32(tensor: tf.Tensor) -> tf.Tensor:
    """The tensor, in float32 if it has half of its precision."""
    return _at_least(tensor, tf.float32)
