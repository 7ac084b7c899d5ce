"""The losses of the steps: the first, the last, and some of all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np

from kgrad.signs.downsampled import Downsampled

_FIRST, _RECENT = 8, 64


class StepLosses:
    """What is remembered of the losses of a run, however long it is.

    `all` holds those of all steps, of long runs of every so manieth.
    """

    def __init__(self) -> None:
        self.all: Downsampled[float] = Downsampled(512)
        self._first: list[float] = []
        self._recent: list[float] = []

    def update(self, losses: Sequence[float]) -> None:
        """Takes the next finite losses into account."""
        self._first = [*self._first, *losses][:_FIRST]
        self._recent = [*self._recent, *losses][-_RECENT:]
        for loss in losses:
            self.all.append(loss)

    @property
    def begins(self) -> bool:
        """Whether those that count as the first are still to come."""
        return len(self._first) < _FIRST

    @property
    def first(self) -> float:
        """Median of the first steps, NaN before them."""
        return median(self._first) if self._first else math.nan

    @property
    def fall(self) -> float:
        """Part of the first steps' loss by which the last ones' is lower."""
        return (
            1 - median(self._recent) / self.first
            if self.first > 0
            else (math.nan)
        )

    def gain(self, chance: float) -> float:
        """The gain that the last steps show, NaN where it is not known.

        Args:
            chance: The loss that guessing gives.
        """
        if not self._recent or not chance > 0 or min(self._recent) < 0:
            return math.nan
        return 1 - median(self._recent) / chance

    def mean_gain(self, chance: float) -> tuple[float, float]:
        """The same of their mean, and three standard errors of it."""
        if len(self._recent) < 2 or not chance > 0 or min(self._recent) < 0:
            return math.nan, math.nan
        recent = np.array(self._recent)
        error = float(recent.std(ddof=1)) / math.sqrt(len(recent))
        return 1 - float(recent.mean()) / chance, 3 * error / chance
