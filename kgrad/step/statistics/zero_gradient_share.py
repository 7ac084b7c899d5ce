"""Share of the units without gradient in one step."""

from __future__ import annotations

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.base import Flow, Statistic


class ZeroGradientShare(Statistic):
    """Share of the units whose gradient is exactly zero in this step.

    A unit's gradient is a column of the kernel's gradient: all the weights
    that lead to it.
    """

    measure = Measure(
        "zero_gradient_share",
        unit="share of units, 0 to 1",
        description=(
            "Share of the units whose gradient is exactly zero in this step. "
            "Healthy: near 0; a unit may be quiet on one batch."
        ),
        combine="mean_by_units",
    )

    def __call__(self, flow: Flow) -> tf.Tensor:
        """`(units,)`."""
        return tf.cast(tf.equal(flow.unit_max, 0.0), tf.float64)
