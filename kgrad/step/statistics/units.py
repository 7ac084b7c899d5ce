"""From the units of tensors to the targets that they are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import tensorflow as tf

MANY_UNITS = 2**14


def reduced(
    rule: Callable[..., tf.Tensor],
    values: Sequence[tf.Tensor] | tf.Tensor,
    owner: npt.NDArray[np.int32],
) -> tf.Tensor:
    """`(targets, values)`: a sum or maximum over the units of each target.

    A few units are told apart by their index, in one operation. Of many,
    those of a target lie side by side, and targets of the same size one
    after the other: that is a matrix, whose rows are reduced ten times as
    fast.

    Args:
        rule: `tf.reduce_sum` or `tf.reduce_max`.
        values: `(values, units)`, as a tensor or as a list of them.
        owner: `(units,)`, index of the target that a unit is of.
    """
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    if len(owner) < MANY_UNITS or len(starts) > count(owner):
        segments = {
            tf.reduce_sum: tf.math.unsorted_segment_sum,
            tf.reduce_max: tf.math.unsorted_segment_max,
        }[rule]
        table = tf.transpose(tf.convert_to_tensor(values))
        return segments(table, owner, count(owner))
    lengths = np.diff(starts, append=len(owner))
    stretches = np.split(
        np.arange(len(starts)), np.flatnonzero(np.diff(lengths)) + 1
    )
    columns = []
    several = isinstance(values, Sequence)
    for value in values if several else tf.unstack(values):
        rows = []
        for stretch in stretches:
            first, length = starts[stretch[0]], lengths[stretch[0]]
            units = value[first : first + length * len(stretch)]
            rows.append(rule(tf.reshape(units, (len(stretch), length)), axis=1))
        columns.append(tf.concat(rows, axis=0))
    table = tf.stack(columns, axis=1)
    return tf.gather(table, np.argsort(owner[starts]))


def count(owner: npt.NDArray[np.int32]) -> int:
    """How many targets there are."""
    return int(owner.max()) + 1
