"""A training that is over after a handful of updates."""

from __future__ import annotations

import math

from kgrad import remedies
from kgrad.records import GLOBAL, Finding
from kgrad.records.numbers import number
from kgrad.remedies import plans
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.metric import SOLVED
from kgrad.signs.short_path import gets_on, is_half_way
from kgrad.signs.training_plan import TrainingPlan

_EPOCHS = 3
"""Fewest of which each is better than the last; fewer may be a first look."""


class ShortTraining(EpochSign):
    """A model has begun to learn, and its training is over.

    The mean of so few steps has more noise than a loss that falls, so that it
    cannot be seen whether it does. But what came within 100 updates, and is not
    half of the way, or was more with each epoch, is reason enough to go on:
    nothing else can be judged before. What has not begun may have another
    reason, and what is solved need not go on.

    Args:
        updates: Fewer are a handful: of a usual batch, 3,200 samples.
        begun: Part of the way to perfect that shows that there is one.
    """

    name = TrainingPlan.name
    rule = "short_training"
    description = "a training that is over after a handful of updates"
    rank = TrainingPlan.rank
    follows = TrainingPlan.follows
    shown_by = ("metric",)

    def __init__(self, *, updates: int = 100, begun: float = 0.1) -> None:
        require_positive(updates=updates, begun=begun)
        self.updates, self.begun = updates, begun

    def examine(self) -> tuple[Finding, ...]:
        """One, of the model, at the end of what it was planned to do."""
        progress = self.state.progress
        if (
            not progress.is_over
            or progress.steps >= self.updates
            or progress.has_soft_labels
            or not progress.chance_is_known(progress.metric)
            or not self.begun <= progress.now < SOLVED
        ):
            return ()
        is_ahead = is_half_way(progress)
        if is_ahead and not gets_on(progress, _EPOCHS):
            return ()
        setup, name = progress.setup, progress.metric
        times = max(2 * self.updates / progress.steps, 2)
        value = progress.epochs[-1].logs.get(name, math.nan)
        return (
            self.finding(
                GLOBAL,
                (progress.first_step, progress.last_step),
                progress.steps,
                self.updates,
                f"training ended after {progress.steps} updates, with "
                f"`{name}` at {number(value)}, "
                + (
                    "each epoch better than the one before"
                    if is_ahead
                    else "not half of the way from guessing "
                    f"({number(progress.chance(name))})"
                ),
                (
                    plans.times_the_updates(setup.plan, times),
                    remedies.learning_rate(setup, 3.0),
                ),
                details="It had begun to learn; what it could learn cannot be "
                "told so early.",
            ),
        )
