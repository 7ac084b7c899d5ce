"""A cross-entropy of targets that are no probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import labels
from kgrad.signs.checks.base import CLASS_LOSSES, Check, number, pairs


class LossBelowZero(Check):
    """Outputs that run away after targets a little beyond 0 and 1.

    Resized images overshoot without harm, as long as the mean of what an
    output is asked for lies between 0 and 1. Where it does not, -y log p -
    (1 - y) log(1 - p) has no minimum: the loss falls without end, and what it
    should bring closer moves away.
    """

    name = "loss_below_zero"
    sign = "output_and_loss"
    description = "a cross-entropy that falls below 0"
    needs_training = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the loss, and for targets beyond 0 and 1."""
        losses = {output.loss for output in setup.outputs}
        weights = data.of("sample_weight")
        if (
            not -math.inf < data.loss < 0
            or not losses <= CLASS_LOSSES
            or setup.adds_losses
            or any(weight.minimum < 0 for weight in weights)
        ):
            return
        for pair in pairs(setup, data):
            target = pair.target
            if target is None or 0 <= target.minimum <= target.maximum <= 1:
                continue
            yield self.finding(
                "loss",
                data.loss,
                0.0,
                f"The loss is {number(data.loss)}, and `{pair.output.loss}` "
                f"has no end below 0 for targets from "
                f"{number(target.minimum)} to {number(target.maximum)}: the "
                "outputs run away instead of coming closer.",
                labels.probabilities(pair.target_name),
            )
            return
