"""A plan that leaves too little to be learned."""

from __future__ import annotations

import math

import numpy as np

from kgrad.signs.base import DATA
from kgrad.signs.checks.base import Check
from kgrad.signs.data_checks import DataSign
from kgrad.signs.loss_fall import loss_fall
from kgrad.signs.metric import GUESSING, LEARNED

_STEPS = 16
"""Updates from which on the fall of a loss can be told from noise."""


class TrainingPlan(DataSign):
    """A plan under which nothing can be learned.

    That updates are too few is foretold before the first, and holds at the end
    only if it came true: the loss has hardly moved, or falls on.
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
        if fallen if by_loss else progress.learned:
            return False
        is_long = len(steps) >= _STEPS and progress.is_over
        return not is_long or loss_fall(steps, losses) is not None
