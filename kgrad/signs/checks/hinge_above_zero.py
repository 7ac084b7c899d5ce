"""A hinge loss of outputs that cannot be negative."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import outputs
from kgrad.signs.checks.base import Check, pairs
from kgrad.signs.checks.bounds import BOUNDS


class HingeAboveZero(Check):
    """max(0, 1 - y p) asks for p below -1 where y is -1.

    Keras makes -1 and 1 of labels 0 and 1. An output that ends at 0 has no
    margin for the former: each costs 1 at least, and its slope is never 0, so
    that all answers are pulled down by it.
    """

    name = "hinge_above_zero"
    sign = "output_and_loss"
    description = "a hinge loss of outputs that cannot be negative"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at what the last activation can say."""
        for pair in pairs(setup, data):
            output = pair.output
            low, _ = BOUNDS.get(output.activation, (-math.inf, math.inf))
            if output.loss not in ("hinge", "squared_hinge") or low < 0:
                continue
            yield self.finding(
                pair.place,
                low,
                -1.0,
                f"The loss `{output.loss}` wants -1 or less for one of two "
                f"classes, but `{pair.place}` ends in `{output.activation}` "
                "and cannot be negative.",
                outputs.other_loss(
                    setup, "binary_crossentropy", "it takes probabilities"
                ),
                outputs.last_layer(setup, output, pair.units, "tanh"),
            )
