"""The built-in statistics: what each means, and the expression for it.

A norm is returned as its square; `per_target` takes the root.
"""

from __future__ import annotations

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.rare import rare
from kgrad.step.statistics.base import Flow, OfTargets, Statistic
from kgrad.step.statistics.units import reduced

QUIET_STEPS = 64
"""A unit that has had no gradient for this many steps in a row is quiet."""


def _nonfinite(flow: Flow) -> OfTargets:
    squares = flow.squares.gradients
    # Where a sum of squares is finite, so is everything in it.
    counts = tf.cond(
        tf.reduce_all(tf.math.is_finite(squares)),
        lambda: tf.zeros_like(squares),
        rare(lambda: _counted(flow)),
    )
    return OfTargets(counts)


def _counted(flow: Flow) -> tf.Tensor:
    counts = [
        tf.reduce_sum(tf.cast(~tf.math.is_finite(x), tf.float64), axis=0)
        for x in flow.gradients
    ]
    of_units = tf.concat(counts, axis=0)
    return reduced(tf.reduce_sum, [of_units], flow.owner)[:, 0]


BUILT_IN: tuple[Statistic, ...] = (
    # ||g||, as back-propagation computed it.
    Statistic(
        Measure(
            "gradient_norm",
            unit="loss per unit of weight",
            description=(
                "L2 norm of the gradient before clipping. Healthy: stays "
                "within a few powers of ten of its own level."
            ),
            combine="root_sum_square",
        ),
        lambda flow: OfTargets(flow.squares.gradients),
    ),
    # ||clip(g)||. Where the squared norm overflows float32, Keras'
    # `clipnorm` returns zeros and `global_clipnorm` NaN: that is then what
    # the optimizer uses, and what this shows.
    Statistic(
        Measure(
            "clipped_gradient_norm",
            unit="loss per unit of weight",
            description=(
                "L2 norm of the gradient after the optimizer's clipping. "
                "Healthy: equal to the norm before clipping in most steps."
            ),
            combine="root_sum_square",
        ),
        lambda flow: OfTargets(flow.squares.clipped),
    ),
    Statistic(
        Measure(
            "gradient_max",
            unit="loss per unit of weight",
            description=(
                "Largest absolute entry of the gradient before clipping. "
                "Healthy: not far above the norm over the square root of the "
                "number of parameters."
            ),
            combine="max",
        ),
        lambda flow: flow.unit_max,
    ),
    # ||w|| before the update. For an embedding trained sparsely it follows
    # from the rows that each step touches, and is recomputed at the start of
    # training and every 1,024 steps: changes made by others show up then. For
    # a variable of more than 16,384 numbers it is 0 below 1e-19 and infinite
    # from about 2e19 on.
    Statistic(
        Measure(
            "weight_norm",
            unit="weight",
            description=(
                "L2 norm of the weights before the update. Healthy: moves "
                "slowly."
            ),
            combine="root_sum_square",
        ),
        lambda flow: OfTargets(flow.squares.weights),
    ),
    # ||w_after - w_before||: all that the optimizer does to the weights, with
    # momentum, weight decay, constraints and moving averages. Same range as
    # `weight_norm`.
    Statistic(
        Measure(
            "update_norm",
            unit="weight",
            description=(
                "L2 norm of the change of the weights in one step. Healthy: "
                "around a thousandth of the norm of the weights."
            ),
            combine="root_sum_square",
        ),
        lambda flow: OfTargets(flow.squares.updates),
    ),
    # A unit's gradient is a column of the kernel's gradient: all the weights
    # that lead to it.
    Statistic(
        Measure(
            "zero_gradient_share",
            unit="share of units, 0 to 1",
            description=(
                "Share of the units whose gradient is exactly zero in this "
                "step. Healthy: near 0; a unit may be quiet on one batch."
            ),
            combine="mean_by_units",
        ),
        lambda flow: tf.cast(tf.equal(flow.unit_max, 0.0), tf.float64),
    ),
    # Half of all relu units are silent on a batch of one sample; a dead unit
    # is silent on every batch.
    Statistic(
        Measure(
            "quiet_unit_share",
            unit="share of units, 0 to 1",
            description=(
                "Share of the units whose gradient has been exactly zero for "
                f"{QUIET_STEPS} steps in a row. Healthy: near 0."
            ),
            combine="mean_by_units",
        ),
        lambda flow: tf.cast(
            flow.quiet_steps >= float(QUIET_STEPS), tf.float64
        ),
    ),
    Statistic(
        Measure(
            "nonfinite_count",
            unit="entries",
            description=(
                "Number of NaN and infinite entries of the gradient before "
                "clipping. Healthy: 0."
            ),
            combine="sum",
        ),
        _nonfinite,
    ),
)
"""In the order of the columns of the window."""
