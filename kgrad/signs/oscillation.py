"""A metric that swings by more than its own sampling noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Array, Epoch, Finding, Remedy, Snapshot
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.metric import (
    GUESSING,
    SOLVED,
    Progress,
    series,
    standard_error,
)


class Oscillation(Sign):
    """The metric turns back again and again, or falls from what it had.

    An accuracy on n samples is known to sqrt(p (1 - p) / n) only, so small
    validation sets fluctuate, and every run jitters a little: a swing
    counts if it is larger than the noise *and* a good part of the way from
    chance to perfect. A fall counts if it is large and was not made good.
    A run that ends with its task solved has come to rest.

    Args:
        noise: Size of a swing in standard errors of a difference of two
            epochs: 3 is not chance.
        swing: Size of a swing as part of the way from chance to perfect.
        swings: Number of swings among the last `epochs` that make a sign.
        epochs: Epochs that are looked at: a slow swing takes four of them.
        fall: Distance below the best epoch, as part of the way from chance
            to perfect, from which on what was learned is lost; half of it
            where the model is back at guessing.
    """

    name = "oscillation"
    description = "a metric that swings by more than its sampling noise"

    def __init__(
        self,
        *,
        noise: float = 3.0,
        swing: float = 0.1,
        swings: int = 3,
        epochs: int = 15,
        fall: float = 0.4,
    ) -> None:
        require_positive(
            noise=noise, swing=swing, swings=swings, epochs=epochs, fall=fall
        )
        self.noise, self.swing, self.swings = noise, swing, swings
        self.epochs, self.fall = epochs, fall
        self._progress = Progress()
        self._judged = 0
        self._found: tuple[Finding, ...] = ()

    def update(self, snapshot: Snapshot) -> None:
        """Takes the epochs into account."""
        self._progress.update(snapshot)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the model, as long as the last epochs swing."""
        if self._progress.changes != self._judged:
            self._judged = self._progress.changes
            self._found = self._judge()
        return self._found

    def _judge(self) -> tuple[Finding, ...]:
        epochs, metric = self._progress.epochs, self._progress.metric
        gains = self._progress.gains(metric) if metric else np.empty(0)
        if len(gains) < 3 or np.isnan(gains).all():
            return ()
        # It has come to rest where it should, whatever it did before.
        if (gains[-2:] >= SOLVED).all():
            return ()
        noise = self._noise(metric, gains)
        turns = turning_points(gains, np.maximum(noise, self.swing))
        recent = [turn for turn in turns if turn >= len(gains) - self.epochs]
        if len(recent) >= self.swings:
            sizes = np.abs(np.diff(series(epochs, metric)[recent]))
            what = (
                f"`{metric}` turned back {len(recent)} times in the last "
                f"{min(self.epochs, len(gains))} epochs"
            )
            return (
                self._finding(
                    recent[0] + 1,
                    float(len(recent)),
                    self.swings,
                    f"{what}, by {np.median(sizes):.2g} in the middle, more "
                    "than its sampling noise.",
                    what,
                ),
            )
        return self._fallen(metric, gains, noise)

    def _fallen(
        self, metric: str, gains: Array, noise: Array
    ) -> tuple[Finding, ...]:
        best = int(np.nanargmax(gains))
        # What the last epochs agree on, not the dip of a single one.
        left = np.nanmax(gains[-2:])
        lost = gains[best] - left
        limit = self.fall if left > GUESSING else self.fall / 2
        if not lost > max(limit, float(noise[-1])):
            return ()
        values = series(self._progress.epochs, metric)
        return (
            self._finding(
                best + 1,
                float(lost),
                limit,
                f"`{metric}` was {values[best]:.3g} at the end of epoch "
                f"{best + 1} and has fallen to {values[-1]:.3g}.",
                f"`{metric}` has fallen from {values[best]:.3g} to "
                f"{values[-1]:.3g}",
            ),
        )

    def _noise(self, metric: str, gains: Array) -> Array:
        """`(epochs,)`: swing that sampling alone may make, as a gain."""
        error = standard_error(self._progress.epochs, metric)
        whole = self._progress.distance(metric)
        return np.nan_to_num(self.noise * math.sqrt(2) * error / whole)

    def _finding(
        self,
        epoch: int,
        value: float,
        limit: float,
        explanation: str,
        clause: str,
    ) -> Finding:
        epochs = self._progress.epochs
        return Finding(
            self.name,
            GLOBAL,
            first_step=epochs[epoch - 1].step + 1,
            last_step=epochs[-1].step,
            value=value,
            limit=float(limit),
            explanation=explanation,
            remedies=self._remedies(),
            clause=clause,
        )

    def _remedies(self) -> tuple[Remedy, ...]:
        setup = self._progress.setup
        return (
            remedies.learning_rate(setup, 0.1),
            remedies.decay_learning_rate(setup, self._progress.last_step),
            remedies.larger_batch(setup),
        )


def turning_points(values: Array, size: Array) -> list[int]:
    """Where a course turns back, by more than a size, from up or down.

    Smaller ups and downs on the way do not count: the distance between two
    turning points, and from the last one to where the course went on, is at
    least the size.

    Args:
        values: `(epochs,)`; NaN is passed over.
        size: `(epochs,)`: by how much it has to turn back, there.

    Returns:
        Indices of the values that it turned back from.
    """
    turns: list[int] = []
    known = [i for i, value in enumerate(values) if not math.isnan(value)]
    high = low = known[0] if known else 0
    rises = falls = False
    for i in known:
        high = i if values[i] > values[high] else high
        low = i if values[i] < values[low] else low
        if not falls and values[high] - values[i] >= size[i]:
            turns += [high] if rises else []
            rises, falls, low = False, True, i
        elif not rises and values[i] - values[low] >= size[i]:
            turns += [low] if falls else []
            rises, falls, high = True, False, i
        if falls:
            high = low
        if rises:
            low = high
    return turns


def oscillation_by_epoch(epochs: Sequence[Epoch], metric: str) -> Array:
    """How far a metric turned back in each epoch.

    With d the change of the metric since the epoch before, an epoch that
    turns back (its d has the other sign than the d before it) has the
    smaller of both |d|; an epoch that goes on as before has 0.

    Args:
        epochs: The finished epochs.
        metric: Name of the metric, as in `Epoch.logs`.

    Returns:
        `(epochs,)`, in units of the metric; 0 for the first two epochs, NaN
        where a value is missing.
    """
    return _reversals(series(epochs, metric))


def _reversals(values: Array) -> Array:
    result = np.zeros(len(values))
    change = np.diff(values)
    turned = change[1:] * change[:-1] < 0
    smaller = np.minimum(np.abs(change[1:]), np.abs(change[:-1]))
    result[2:] = np.where(turned, smaller, 0.0)
    result[2:][np.isnan(smaller)] = math.nan
    return result
