"""What the first updates do to the loss of their own batch."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from kgrad import remedies
from kgrad.records import Behavior, DataSummary, Finding, Setup
from kgrad.remedies import behavior as advice
from kgrad.signs.checks.base import number
from kgrad.signs.checks.behavior import BehaviorCheck
from kgrad.signs.checks.input_scale import to_scale
from kgrad.signs.checks.relu_recurrence import (
    bounded_state,
    unbounded_recurrence,
)


class FirstUpdates(BehaviorCheck):
    """The first updates on one batch make the loss of that batch worse.

    A gradient points downhill. Updates along it that climb, and never come
    back to where they began, are too long.

    Args:
        ratio: Median loss after the first of them, in losses before.
    """

    name = "first_updates"
    description = "first updates that make the loss far worse"

    def __init__(self, *, ratio: float = 1.25) -> None:
        self.ratio = ratio

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Compares the loss of the same batch before and after."""
        losses = behavior.losses
        if len(losses) < 2 or not math.isfinite(losses[0]):
            return
        lost = [loss for loss in losses if not math.isfinite(loss)]
        later = losses[len(losses) // 2 :]
        after = math.inf if lost else float(np.median(later))
        if not lost and (
            after <= self.ratio * losses[0] or min(later) <= losses[0]
        ):
            return
        rate = float(setup.optimizer_arguments.get("learning_rate", math.nan))
        told = (
            "NaN or infinity" if lost else f"{number(after)}, and never below"
        )
        unbounded = unbounded_recurrence(setup)
        slower = remedies.learning_rate(setup, 0.01 if lost else 0.1)
        yield self.finding(
            "optimizer",
            after,
            self.ratio * losses[0],
            f"{len(losses) - 1} updates at the rate {rate:g} on one batch "
            f"take its loss from {number(losses[0])} to {told}: the updates "
            "are too long.",
            *to_scale(setup, data),
            *map(bounded_state, unbounded),
            *([remedies.clip_gradients(setup)] if unbounded else []),
            slower,
        )


class NotMemorized(BehaviorCheck):
    """A few samples that a model cannot learn by heart.

    Where Adam at 0.001 can, it is the compiled optimizer; where it cannot, it
    is the model, or the labels do not follow from the inputs.

    Args:
        share: Of the loss that must be gone.
    """

    name = "not_memorized"
    description = "a small batch that the model cannot learn by heart"

    def __init__(self, *, share: float = 0.1) -> None:
        self.share = share

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Looks at how far the loss of a small batch fell."""
        if not behavior.memorized or not self._stays(behavior.memorized):
            return
        other = behavior.memorized_slowly
        by_rate = bool(other) and not self._stays(other)
        first, last = behavior.memorized[0], behavior.memorized[-1]
        yield self.finding(
            "optimizer" if by_rate else "output",
            last,
            (1 - self.share) * first,
            f"A small batch is not learned by heart: its loss goes from "
            f"{number(first)} to {number(last)}. "
            + (
                f"Adam at 0.001 brings it to {number(other[-1])}: it is the "
                "compiled optimizer or its rate."
                if by_rate
                else "Adam at 0.001 does not, either: model, labels or loss "
                "do not fit."
            ),
            advice.adam() if by_rate else remedies.check_labels(),
        )

    def _stays(self, losses: tuple[float, ...]) -> bool:
        return not min(losses[-3:]) < (1 - self.share) * losses[0]
