"""Norm of the weights."""

from __future__ import annotations

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.base import Flow, Statistic


class WeightNorm(Statistic):
    """||w||, the L2 norm of the weights before the step's update.

    Of a table that is trained sparsely it is kept up from the rows that each
    step touches, in float64, and counted afresh when a training begins and
    every 1,024 steps: what others write to the table is seen then. Of a
    variable of more than 16,384 numbers it is 0 below 1e-19, and infinite
    from 1.8e19 on.
    """

    measure = Measure(
        "weight_norm",
        unit="weight",
        description=(
            "L2 norm of the weights before the update. Healthy: moves slowly."
        ),
        combine="root_sum_square",
    )

    def __call__(self, flow: Flow) -> tf.Tensor:
        """`(units,)`: squares."""
        return flow.squares.weights
