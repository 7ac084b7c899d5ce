"""The numbers of targets from those of their units, in the graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kgrad.records import Measure


def combine(
    measures: Sequence[Measure],
    values: Sequence[tf.Tensor],
    owner: npt.NDArray[np.int32],
) -> tf.Tensor:
    """Makes the numbers of targets of those of their units.

    Every rule but the maximum is a sum over units with something before and
    after it, so that one pass over the units serves them all:

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
        table = tf.stack([values[i] for i in largest], axis=1)
        columns.append(
            tf.math.unsorted_segment_max(table, owner, _count(owner))
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
    total = tf.math.unsorted_segment_sum(
        tf.stack(terms, axis=1), owner, _count(owner)
    )
    averaged = np.array([rule == "mean_by_units" for rule in rules])
    rooted = np.array([rule == "root_sum_square" for rule in rules])
    units = np.bincount(owner)[:, np.newaxis]
    total /= np.where(averaged, units, 1).astype(np.float64)
    return tf.cast(tf.where(rooted, tf.sqrt(total), total), tf.float32)


def _count(owner: npt.NDArray[np.int32]) -> int:
    return int(owner.max()) + 1
