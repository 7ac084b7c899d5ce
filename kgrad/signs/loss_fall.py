"""Whether the loss still falls where the run ends, and how fast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgrad.records import Array
from kgrad.signs.metric import Progress

_EPOCHS, _STEPS = 5, 16
"""Fewest values of which each half has a slope, and the whole has noise."""

_QUANTILES = 22.3, 10.2, 7.17, 5.89, 5.21, 4.79, 4.50, 4.30, 4.14
"""Student's t, which one flat run in a thousand is beyond, for 2 and more
degrees of freedom."""

_ERRORS = 4.0
"""The same of more values, and some for losses that depend on the last."""

AGAIN = 0.5
"""Part of its fall that comes again in as many updates: what an exponential
has left to fall where it has come half of its way."""


@dataclass(frozen=True)
class LossFall:
    """How a loss fell at the end of a run.

    Args:
        level: The loss at the end.
        pace: How much it would fall in as many updates again, did it not slow
            down.
        kept: How much of its pace it keeps in half a run, 0 to 1: that of the
            second half of the run against that of the first.
        noise: Standard deviation of a single step's loss, NaN if not known.
        kept_lately: How much of its pace it keeps in a quarter of a run, as
            the second half tells, without the start; 0 if too few epochs do.
    """

    level: float
    pace: float
    kept: float
    noise: float
    kept_lately: float = 0.0

    @property
    def again(self) -> float:
        """What as many updates again bring, as part of what these brought.

        A loss that keeps the part q of its pace in half a run falls by
        q + q^2 of a half's fall in the next two halves, where it fell by
        1 + 1 / q in the last two: q^2. On its way down an exponential it is
        one half where half of that way is done.
        """
        return self.kept**2

    @property
    def ahead(self) -> float:
        """By how much the loss falls in as many updates again, short of 0.

        As the whole run tells, or its second half, if that is more.
        """
        whole = self.pace * (self.kept + self.kept**2) / 2
        quarters = sum(self.kept_lately**i for i in range(1, 5))
        lately = self.pace * quarters / 4
        return self.level * -math.expm1(-max(whole, lately) / self.level)

    def updates_to(self, target: float, updates: int) -> float:
        """The fewest further updates that reach a loss.

        At the pace of the second half; a loss that slows down takes more.

        Args:
            target: The loss to be reached.
            updates: Those that were made so far.
        """
        return max(self.level - target, 0.0) / self.pace * updates


def falling(progress: Progress, again: float = AGAIN) -> LossFall | None:
    """The fall of a loss that has hardly slowed down, None of any other.

    Or of one that has, after the start, and now falls so evenly that as many
    updates again bring it past half of what guessing gives. Where they would
    bring less than the standard error of an epoch's mean, nobody would see it.

    Args:
        progress: How far the run has come.
        again: Part of its fall that would come again.
    """
    fall = loss_fall(progress.losses.all, progress.series("loss"))
    if fall is None:
        return None
    half = progress.chance("loss") / 2
    is_known = progress.chance_is_known("loss")
    passes = is_known and fall.level - fall.ahead <= half < fall.level
    if fall.ahead < error_of_epochs(fall, progress) or not (
        fall.again >= again or passes
    ):
        return None
    return fall


def error_of_epochs(fall: LossFall, progress: Progress) -> float:
    """Standard error of an epoch's mean loss, 0 where it is not known."""
    epochs = max(len(progress.epochs), 1)
    error = fall.noise / math.sqrt(progress.steps / epochs)
    return 0.0 if math.isnan(error) else error


def keeps_falling(losses: Array) -> bool:
    """Whether the second half of some losses falls, if by noise alone."""
    known = losses[np.isfinite(losses)]
    half = known[len(known) // 2 :]
    return len(half) < 2 or _slope(half) < 0


def loss_fall(steps: Sequence[float], epochs: Array) -> LossFall | None:
    """The fall at the end, None where noise could be all of it.

    The slope must lie below 0 by more than its standard error allows. An
    epoch's mean has every sample in it once, and with that far less noise
    than single batches; single batches are more, and are there within the
    first epochs. Of both the second half is looked at; of few means, all but
    the first, which holds the start.

    Args:
        steps: The losses of the steps, perhaps downsampled.
        epochs: `(epochs,)`, the mean loss of each epoch, NaN if not known.
    """
    batches = np.asarray(steps, np.float64)
    means = np.asarray(epochs, np.float64)
    half = batches[len(batches) // 2 :] if len(batches) >= _STEPS else None
    if len(means) >= _EPOCHS and np.isfinite(means).all():
        late = len(means) // 2 if len(means) >= 2 * _EPOCHS else 1
        values, is_certain = means, _falls(means[late:])
    elif half is not None:
        values, is_certain = batches, False
    else:
        return None
    if not is_certain and half is not None:
        is_certain = _falls(half) and _ends_falling(batches)
    noise = math.nan if half is None else float(_rest(half).std())
    if not is_certain or not values.min() > 0:
        return None
    fall = _fall(values, noise)
    if fall is None or values is not means:
        return fall
    return replace(fall, kept_lately=_lately(means[len(means) // 2 :]))


def _fall(values: Array, noise: float) -> LossFall | None:
    first, second = np.array_split(values, 2)
    before, now = (_slope(part) * len(values) for part in (first, second))
    level = float(second.mean() + now * len(second) / len(values) / 2)
    if not (now < 0 and level > 0):
        return None
    return LossFall(level, -now, _kept(before, now), noise)


def _kept(before: float, now: float) -> float:
    """How much of a slope is left, at most all of it; a rise has none."""
    if before >= 0:
        return 1.0
    return min(max(now / before, 0.0), 1.0)


def _lately(half: Array) -> float:
    """How much of its pace it keeps from one half of these to the other."""
    if len(half) < _EPOCHS:
        return 0.0
    third, last = np.array_split(half, 2)
    return _kept(_slope(third), _slope(last))


def _ends_falling(values: Array) -> bool:
    """Whether it is lower at the end than just before."""
    *_, before, end = (part.mean() for part in np.array_split(values, 8))
    return bool(end < before)


def _times(n: int) -> Array:
    return np.arange(n, dtype=np.float64) - (n - 1) / 2


def _slope(values: Array) -> float:
    """Of the straight line through the values, per value."""
    time = _times(len(values))
    return float((time * values).sum() / (time**2).sum())


def _rest(values: Array) -> Array:
    """What a straight line through the values leaves."""
    level, time = float(values.mean()), _times(len(values))
    rest: Array = values - level - _slope(values) * time
    return rest


def _falls(values: Array) -> bool:
    """Whether a straight line through the values falls beyond its error.

    With n - 2 degrees of freedom, of which few leave the error itself
    uncertain.
    """
    n = len(values)
    spread = float((_times(n) ** 2).sum())
    error = math.sqrt(float((_rest(values) ** 2).sum()) / (n - 2) / spread)
    least = (*_QUANTILES, _ERRORS)[min(n - 4, len(_QUANTILES))]
    slope = _slope(values)
    return slope < 0 and slope < -least * error
