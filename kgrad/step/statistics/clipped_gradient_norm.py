"""Norm of the gradient after clipping."""

from __future__ import annotations

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.base import Flow, Statistic


class ClippedGradientNorm(Statistic):
    """||clip(g)||, the L2 norm of the gradient that the optimizer uses.

    The clipping is the optimizer's own. Where the squared norm overflows
    float32, Keras' `clipnorm` returns zeros and `global_clipnorm` NaN; that
    is what the optimizer then uses, and what this shows.
    """

    measure = Measure(
        "clipped_gradient_norm",
        unit="loss per unit of weight",
        description=(
            "L2 norm of the gradient after the optimizer's clipping. "
            "Healthy: equal to the norm before clipping in most steps."
        ),
        combine="root_sum_square",
    )

    def __call__(self, flow: Flow) -> tf.Tensor:
        """`(units,)`: squares."""
        return flow.squares.clipped
