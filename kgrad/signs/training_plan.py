"""A plan that leaves too little to be learned."""

from __future__ import annotations

import math

import numpy as np

from kgrad.signs.base import DATA
from kgrad.signs.checks.base import Check
from kgrad.signs.data_checks import DataSign
from kgrad.signs.loss_fall import loss_fall
from kgrad.signs.metric import GUESSING, LEARNED, Progress

_STEPS = 16
"""Updates from which on the fall of a loss can be told from noise."""

_EPOCHS = 5
"""Epochs of which each is better than the last by chance in 1 of 5! runs."""


class TrainingPlan(DataSign):
    """A plan under which nothing can be learned.

    That updates are too few is foretold before the first, and holds at the end
    only if it came true: the loss has hardly moved, or falls on. An accuracy
    can be ahead: of a model that is right in most and has not come half of its
    way in the loss, every epoch must be better than the one before.
    """

    name = "plan"
    description = "too few updates, or statistics that cannot settle"
    rank = 80
    follows = DATA

    def _holds(self, check: Check, key: tuple[str, str]) -> bool:
        progress = self.state.progress
        if not check.of_loss:
            return super()._holds(check, key)
        steps, losses = progress.losses.all, progress.series("loss")
        # What new weights happen to know was not learned.
        first = steps[0] if steps else math.nan
        level = np.fmin(progress.chance("loss"), first)
        if len(losses) and losses[-1] > (1 - GUESSING) * level:
            # An accuracy can be ahead of a loss that has hardly moved.
            return True
        by_loss = progress.metric.removeprefix("val_") == "loss"
        fallen = len(losses) and losses[-1] <= (1 - LEARNED) * level
        if by_loss and fallen:
            return False
        if progress.learned and not by_loss:
            is_early = not fallen and not progress.solved and progress.is_over
            return is_early and _falls_on(progress)
        is_long = len(steps) >= _STEPS and progress.is_over
        return not is_long or loss_fall(steps, losses) is not None


def _falls_on(progress: Progress) -> bool:
    """Whether every epoch was better, on validation data, too."""
    for name in ("loss", "val_loss"):
        losses = progress.series(name)
        if name == "val_loss" and np.isnan(losses).all():
            continue
        if len(losses) < _EPOCHS or not (np.diff(losses) < 0).all():
            return False
    return True
