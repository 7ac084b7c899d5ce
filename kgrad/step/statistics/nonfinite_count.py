"""Number of entries of the gradient that are NaN or infinite."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.base import Flow, Statistic


class NonfiniteCount(Statistic):
    """How many entries of the gradient are NaN or infinite."""

    measure = Measure(
        "nonfinite_count",
        unit="entries",
        description=(
            "Number of NaN and infinite entries of the gradient before "
            "clipping. Healthy: 0."
        ),
        combine="sum",
    )

    def __call__(self, flow: Flow) -> tf.Tensor:
        """`(units,)`."""
        squares = flow.squares.gradients
        # Where a sum of squares is finite, so is what was summed.
        return tf.cond(
            tf.reduce_all(tf.math.is_finite(squares)),
            lambda: tf.zeros_like(squares),
            lambda: _counted(flow.gradients),
        )


def _counted(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    counts = [
        tf.reduce_sum(tf.cast(~tf.math.is_finite(x), tf.float64), axis=0)
        for x in tensors
    ]
    return tf.concat(counts, axis=0)
