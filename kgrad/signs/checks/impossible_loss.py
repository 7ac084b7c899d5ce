"""A loss that cannot be what it is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import plans
from kgrad.remedies.data import check_labels
from kgrad.signs.checks.base import (
    CATEGORICAL_LOSSES,
    CLASS_LOSSES,
    REGRESSION_LOSSES,
    SPARSE_LOSSES,
    Check,
    number,
    pairs,
    place,
)


class ImpossibleLoss(Check):
    """A loss below 0 that has no values there, or of exactly 0.

    Losses of the reader's own may have any value. One of minus infinity says
    only that something in the step is not finite.
    """

    name = "impossible_loss"
    sign = "output_and_loss"
    description = "a loss that is negative, or exactly 0, though it cannot be"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the loss of the batch."""
        losses = {output.loss for output in setup.outputs}
        if not losses or not losses <= CLASS_LOSSES | REGRESSION_LOSSES:
            return
        name = ", ".join(sorted(losses))
        weights = data.of("sample_weight")
        if weights and all(w.minimum == w.maximum == 0 for w in weights):
            yield self.finding(
                place("sample_weight", weights[0].name),
                0.0,
                0.0,
                "All sample weights are 0: no sample teaches anything.",
                plans.not_zero_weights(),
            )
        elif any(units == 1 for units in _categorical(setup, data)):
            # Which is why: another check says so.
            return
        elif setup.adds_losses:
            # What is added may be negative, as an entropy is that is to grow.
            return
        elif -math.inf < data.loss < 0 and all(
            not w.minimum < 0 for w in weights
        ):
            yield self.finding(
                "loss",
                data.loss,
                0.0,
                f"The loss is {number(data.loss)}, but `{name}` has no "
                "negative values: the targets are not what it expects.",
                check_labels(),
            )
        elif data.loss == 0 and _says_the_same(data):
            yield self.finding(
                "loss",
                0.0,
                0.0,
                f"The loss `{name}` is exactly 0 though the model gives all "
                "samples the same answer: there is nothing to learn from it.",
                check_labels(),
            )


def _categorical(setup: Setup, data: DataSummary) -> list[int]:
    """Units of the outputs that a categorical loss chooses among."""
    losses = CATEGORICAL_LOSSES | SPARSE_LOSSES
    return [p.units for p in pairs(setup, data) if p.output.loss in losses]


def _says_the_same(data: DataSummary) -> bool:
    said = data.of("prediction")
    return bool(said) and all(p.sample_spread == 0 for p in said)
