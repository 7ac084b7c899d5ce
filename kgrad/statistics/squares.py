"""Sums of squares, of small tensors together and of large ones in blocks."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

BLOCK = 2**20
"""Numbers in a block: it stays in the processor's cache."""

LARGE = 4 * BLOCK
"""A tensor of more is not copied as a whole into float64."""


def is_large(tensor: tf.Tensor) -> bool:
    """Whether it is to be read in blocks of rows."""
    rows, units = tensor.shape
    return rows is not None and rows > 1 and rows * units > LARGE


def sums_of_squares(
    gradient: tf.Tensor,
    before: tf.Tensor,
    after: tf.Tensor,
    clipped: tf.Tensor | None,
) -> tf.Tensor:
    """Of the columns of all that statistics take the norm of.

    Args:
        gradient: `(rows, units)`; it may have other rows than the weights.
        before: The weights before the update, `(rows, units)`.
        after: The weights after it.
        clipped: The gradient after clipping; None if that is the same.

    Returns:
        `(3 or 4, units)`, float64: of gradient, weights, update, clipped.
    """
    tensors = [gradient, before, after] + ([] if clipped is None else [clipped])
    if not is_large(before):
        return _sums(tensors)
    if gradient.shape != before.shape:
        # A few rows, whose optimizer rewrites all of them.
        one = [x for x in (gradient, clipped) if x is not None]
        gradients = _stacked(one)
        _, weights, updates = tf.unstack(
            sums_of_squares(before, before, after, None), num=3
        )
        return tf.stack([gradients[0], weights, updates, *gradients[1:]])
    rows, units = before.shape
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
        return first + block, total + _sums(parts)

    return tf.while_loop(
        lambda first, total: first < rows,
        add,
        (0, tf.zeros((len(tensors), units), tf.float64)),
        parallel_iterations=1,
    )[1]


def _sums(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    gradient, before, after, *clipped = tensors
    update = _at_least_float32(after) - _at_least_float32(before)
    return _stacked([gradient, before, update, *clipped])


def _stacked(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    """`(tensors, units)`: sums over rows; together if they are alike."""
    if len({(tuple(x.shape), x.dtype) for x in tensors}) > 1:
        return tf.concat([_stacked([x]) for x in tensors], axis=0)
    stacked = tf.cast(tf.stack(tensors), tf.float64)
    return tf.reduce_sum(tf.square(stacked), axis=1)


def _at_least_float32(tensor: tf.Tensor) -> tf.Tensor:
    return tf.cast(tensor, tf.float32) if tensor.dtype.size < 4 else tensor
