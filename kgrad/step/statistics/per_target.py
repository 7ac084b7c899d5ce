"""From what units contribute to the numbers of their targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kgrad.records import Measure

_MANY_UNITS = 2**14


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
    order = np.argsort([*summed, *largest])
    return tf.gather(tf.concat(columns, axis=1), order, axis=1)


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
