"""Largest entry of the gradient."""

from __future__ import annotations

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.base import Flow, Statistic


class GradientMax(Statistic):
    """max |g|, the largest entry of the gradient before clipping."""

    measure = Measure(
        "gradient_max",
        unit="loss per unit of weight",
        description=(
            "Largest absolute entry of the gradient before clipping. "
            "Healthy: not far above the norm over the square root of the "
            "number of parameters."
        ),
        combine="max",
    )

    def __call__(self, flow: Flow) -> tf.Tensor:
        """`(units,)`."""
        return flow.unit_max
