"""Samples that depend on others, or on chance."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import Behavior, DataSummary, Finding, Setup
from kgrad.remedies import behavior as advice
from kgrad.signs.checks.base import (
    CLASS_LOSSES,
    REGRESSION_LOSSES,
    number,
)
from kgrad.signs.checks.behavior import BehaviorCheck

ROUNDING = 1e-4
"""Share of the largest prediction below which a difference is rounding."""


class RandomInference(BehaviorCheck):
    """The same batch twice, two answers: something is random in inference."""

    name = "random_inference"
    description = "inference that gives another answer each time"

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Compares two passes; samplers, which have no labels, may differ.

        A variational model has a loss beside, which it adds by itself.
        """
        supervised = CLASS_LOSSES | REGRESSION_LOSSES
        if setup.adds_losses or not all(
            output.loss in supervised for output in setup.outputs
        ):
            return
        if behavior.repeated > ROUNDING * behavior.size:
            yield self.finding(
                "output",
                behavior.repeated,
                ROUNDING * behavior.size,
                "Two passes of the same batch in inference differ by up to "
                f"{number(behavior.repeated)}: dropout or noise is active "
                "there, too.",
                advice.training_argument(),
            )


class MixedSamples(BehaviorCheck):
    """One sample changes the predictions of others.

    The batch is taken for time, a softmax or a mean runs along axis 0, or a
    Reshape moves numbers from one sample to another.
    """

    name = "mixed_samples"
    description = "a sample that changes the predictions of other samples"

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Looks at the other samples when one is exchanged."""
        limit = ROUNDING * behavior.size
        if behavior.repeated > limit or not behavior.leaked > limit:
            return
        yield self.finding(
            "output",
            behavior.leaked,
            limit,
            "Exchanging one sample of the batch changes the predictions of "
            f"the others by up to {number(behavior.leaked)}: samples are "
            "mixed, by a softmax or mean along axis 0, or by a Reshape "
            "that moves the batch axis.",
            advice.keep_the_batch_axis(),
        )
