"""Share of the units without gradient for a long time."""

from __future__ import annotations

import tensorflow as tf

from kgrad.records import Measure
from kgrad.step.statistics.base import Flow, Statistic

QUIET_STEPS = 64
"""A unit that has had no gradient for so many steps in a row is quiet."""


class QuietUnitShare(Statistic):
    """Share of the units whose gradient has been zero for 64 steps.

    A unit can be silent on one batch, and with a batch of one half of all
    relu units are; a dead one is silent on every batch.
    """

    measure = Measure(
        "quiet_unit_share",
        unit="share of units, 0 to 1",
        description=(
            f"Share of the units whose gradient has been exactly zero for "
            f"{QUIET_STEPS} steps in a row. Healthy: near 0."
        ),
        combine="mean_by_units",
    )

    def __call__(self, flow: Flow) -> tf.Tensor:
        """`(units,)`."""
        quiet = flow.quiet_steps >= float(QUIET_STEPS)
        return tf.cast(quiet, tf.float64)
