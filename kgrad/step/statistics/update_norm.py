"""Norm of the update."""

from __future__ import annotations

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.base import Flow, Statistic


class UpdateNorm(Statistic):
    """||w_after - w_before||: what the step did to the weights.

    It holds everything that the optimizer does to them: momentum, weight
    decay, constraints, overwriting by a moving average. Of a table whose
    optimizer changes only the rows that the gradient names, only these are
    read; the others have not changed. Of a variable of more than 16,384
    numbers it is 0 below 1e-19, and infinite from 1.8e19 on.
    """

    measure = Measure(
        "update_norm",
        unit="weight",
        description=(
            "L2 norm of the change of the weights in one step. Healthy: "
            "around a thousandth of the norm of the weights."
        ),
        combine="root_sum_square",
    )

    def __call__(self, flow: Flow) -> tf.Tensor:
        """`(units,)`: squares."""
        return flow.squares.updates
