"""A Poisson loss of outputs that can be negative."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import outputs
from kgrad.signs.checks.base import Check, number, pairs

_BELOW_ZERO = ("elu", "leaky_relu", "linear", "selu", "tanh")


class NegativeRate(Check):
    """p - y ln p needs a p above 0, and has no lower end for a y below it.

    An output without an activation, or one that reaches below 0, may well be
    positive for some batches: the first that is not makes the loss NaN. Targets
    that are no counts ask for another loss.
    """

    name = "negative_rate"
    sign = "output_and_loss"
    description = "a Poisson loss of outputs that can be negative"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at what the last activation can say."""
        for pair in pairs(setup, data):
            output, target = pair.output, pair.target
            if output.loss != "poisson" or target is None:
                continue
            if output.activation not in _BELOW_ZERO and target.minimum >= 0:
                continue
            other = outputs.other_loss(
                setup,
                "mean_squared_error",
                "it takes numbers of either sign, and fractions",
            )
            yield self.finding(
                pair.place,
                target.minimum,
                0.0,
                f"The loss `poisson` takes the logarithm of the output "
                f"`{pair.place}`, which ends in `{output.activation}` and can "
                "be negative, for targets from "
                f"{number(target.minimum)} to {number(target.maximum)}.",
                other,
            )
