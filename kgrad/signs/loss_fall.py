"""Whether the loss still falls where the run ends, and how fast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrad.records import Array

_EPOCHS, _STEPS = 10, 16
"""Values of which a slope can be told from noise, from the half of them."""

_ERRORS = 4.0
"""Standard errors below 0 that a slope must be, of many values."""


@dataclass(frozen=True)
class LossFall:
    """How a loss fell at the end of a run.

    Args:
        level: The loss at the end.
        share: Part by which the last quarter of the run is below the third.
        ahead: Part by which it falls if the run is made as long again: in
            each quarter by less, at the ratio of the last two falls.
        pace: How much it falls in a quarter of the run.
    """

    level: float
    share: float
    ahead: float
    pace: float

    def updates_to(self, target: float, updates: int) -> float:
        """The fewest further updates that reach a loss.

        At the pace of the last quarter; a loss that slows down takes more.

        Args:
            target: The loss to be reached.
            updates: Those that were made so far.
        """
        return max(self.level - target, 0.0) / self.pace * updates / 4


def loss_fall(steps: Sequence[float], epochs: Array) -> LossFall | None:
    """The fall at the end, None where noise could be all of it.

    The slope of the second half must lie below 0 by more than its standard
    error allows. An epoch's mean has every sample in it once, and with that
    far less noise than single batches; single batches are more.

    Args:
        steps: The losses of the steps, perhaps downsampled.
        epochs: `(epochs,)`, the mean loss of each epoch, NaN if not known.
    """
    means = np.asarray(epochs, np.float64)
    if len(means) >= _EPOCHS and np.isfinite(means).all():
        fall = _fall(means)
        if fall is not None:
            return fall
    return (
        _fall(np.asarray(steps, np.float64)) if len(steps) >= _STEPS else None
    )


def _fall(values: Array) -> LossFall | None:
    if not values.min() > 0 or not _falls(values[len(values) // 2 :]):
        return None
    _, second, third, last = (part.mean() for part in np.array_split(values, 4))
    fall, before = third - last, second - third
    level = last - fall / 2
    *_, before_end, end = (part.mean() for part in np.array_split(values, 8))
    if not (fall > 0 and level > 0 and end < before_end):
        return None
    ratio = min(fall / before, 1.0) if before > 0 else 1.0
    share = float(fall / third)
    left = math.prod(1 - share * ratio**i for i in range(1, 5))
    return LossFall(float(level), share, float(1 - left), float(fall))


def _falls(values: Array) -> bool:
    """Whether a straight line through the values falls beyond its error.

    With n - 2 degrees of freedom; few of them leave the error itself
    uncertain, so that more is asked for: as of Student's t, roughly.
    """
    n = len(values)
    time = np.arange(n) - (n - 1) / 2
    spread = float((time**2).sum())
    slope = float((time * values).sum()) / spread
    rest = values - values.mean() - slope * time
    error = math.sqrt(float((rest**2).sum()) / (n - 2) / spread)
    return slope < -_ERRORS * (1 + 4 / (n - 2)) * error and slope < 0
