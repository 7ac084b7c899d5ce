"""A plan that leaves too little to be learned."""

from __future__ import annotations

import math

import numpy as np

from kgrad.records import Snapshot
from kgrad.signs.base import DATA
from kgrad.signs.checks.base import Check
from kgrad.signs.data_checks import DataSign
from kgrad.signs.downsampled import Downsampled
from kgrad.signs.loss_fall import loss_fall
from kgrad.signs.metric import GUESSING, LEARNED, series

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

    def __init__(self) -> None:
        super().__init__()
        self._first_loss = math.nan
        self._losses: Downsampled[float] = Downsampled(512)

    def update(self, snapshot: Snapshot) -> None:
        """Judges the samples, and remembers the losses of the steps."""
        super().update(snapshot)
        for loss in snapshot.finite_losses:
            if math.isnan(self._first_loss):
                self._first_loss = loss
            self._losses.append(loss)

    def _holds(self, check: Check, key: tuple[str, str]) -> bool:
        progress = self.state.progress
        if not check.of_loss:
            return super()._holds(check, key)
        losses = series(progress.epochs, "loss")
        # What new weights happen to know was not learned.
        level = np.fmin(progress.chance("loss"), self._first_loss)
        if len(losses) and losses[-1] > (1 - GUESSING) * level:
            # An accuracy can be ahead of a loss that has hardly moved.
            return True
        by_loss = progress.metric.removeprefix("val_") == "loss"
        fallen = len(losses) and losses[-1] <= (1 - LEARNED) * level
        if fallen if by_loss else progress.learned:
            return False
        is_long = len(self._losses) >= _STEPS and progress.is_over
        return not is_long or loss_fall(self._losses, losses) is not None
