"""A cross-entropy where numbers are to be told, not classes."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import outputs
from kgrad.signs.checks.base import (
    BINARY_LOSSES,
    CATEGORICAL_LOSSES,
    Check,
    Pair,
    number,
    pairs,
)

OVERSHOT = 0.1
"""How far beyond [0, 1] a bicubic resize takes a share or a pixel, about: the
slope p - y stays small there, and p has no long way to run."""


class CrossentropyOfNumbers(Check):
    """Targets with fractions outside [0, 1] are no probabilities.

    -y ln p - (1 - y) ln(1 - p) has no lower end for such a y, so that p runs
    to 0 or 1, and the loss on and on. Labels that only begin with another
    number are whole; pixels that were resized overshoot by a little.
    """

    name = "crossentropy_of_numbers"
    sign = "output_and_loss"
    description = "a cross-entropy of targets that are numbers"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for fractions beyond what a probability can be."""
        for pair in pairs(setup, data):
            target = pair.target
            if target is None or not asks_for_numbers(pair):
                continue
            yield self.finding(
                pair.place,
                target.maximum if target.maximum > 1 else target.minimum,
                1.0 if target.maximum > 1 else 0.0,
                f"The loss `{pair.output.loss}` compares probabilities, but "
                f"the targets are numbers from {number(target.minimum)} to "
                f"{number(target.maximum)}: this is a regression.",
                outputs.last_layer(setup, pair.output, pair.units, "", "mse"),
            )


def asks_for_numbers(pair: Pair) -> bool:
    """Whether a cross-entropy is compared with numbers of any size."""
    target, loss = pair.target, pair.output.loss
    if target is None or target.is_whole or target.nonfinite:
        return False
    negative = target.minimum < -OVERSHOT
    if loss in BINARY_LOSSES:
        return negative or target.maximum > 1 + OVERSHOT
    return loss in CATEGORICAL_LOSSES and pair.units > 1 and negative
