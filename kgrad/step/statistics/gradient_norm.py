"""Norm of the gradient before clipping."""

from __future__ import annotations

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.base import Flow, Statistic


class GradientNorm(Statistic):
    """||g||, the L2 norm of the gradient as back-propagation made it."""

    measure = Measure(
        "gradient_norm",
        unit="loss per unit of weight",
        description=(
            "L2 norm of the gradient before clipping. Healthy: stays within "
            "a few powers of ten of its own level."
        ),
        combine="root_sum_square",
    )

    def __call__(self, flow: Flow) -> tf.Tensor:
        """`(units,)`: squares."""
        return flow.squares.gradients
