"""A metric that swings by more than its own sampling noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Array, Epoch, Finding
from kgrad.records.numbers import number
from kgrad.signs.base import DATA, EpochSign, require_positive
from kgrad.signs.lost import Lost, lost, swing_noise
from kgrad.signs.metric import GUESSING, SOLVED
from kgrad.signs.series import series


class Oscillation(EpochSign):
    """The metric reverses again and again, or loses what it had gained.

    An accuracy on n samples is known to sqrt(p (1 - p) / n) only, so small
    validation sets fluctuate, and every run jitters a little: a swing
    counts if it is larger than the noise *and* a good part of the way from
    chance to perfect. A fall counts if it is large and not recovered from.
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
        part: The same of training data, as part of the best epoch's way.
    """

    name = "oscillation"
    description = "a metric that swings by more than its sampling noise"
    rank = 80
    shown_by = ("metric",)
    is_symptom = True
    dated_by = "epoch"
    # A model that had learned loses it with its weights.
    follows = (*DATA, "exploding", "large_updates", "nonfinite")

    def __init__(
        self,
        *,
        noise: float = 3.0,
        swing: float = 0.1,
        swings: int = 3,
        epochs: int = 15,
        fall: float = 0.4,
        part: float = 0.5,
    ) -> None:
        require_positive(noise=noise, swing=swing, swings=swings, epochs=epochs)
        require_positive(fall=fall, part=part)
        self.noise, self.swing, self.swings = noise, swing, swings
        self.epochs, self.fall, self.part = epochs, fall, part

    def examine(self) -> tuple[Finding, ...]:
        """One, of the model, as long as the last epochs swing."""
        progress = self.state.progress
        metric = progress.metric
        gains = progress.gains(metric) if metric else np.empty(0)
        if len(gains) < 3 or np.isnan(gains).all():
            return ()
        # It has come to rest where it should, whatever it did before.
        if (gains[-2:] >= SOLVED).all():
            return ()
        values = progress.series(metric)
        noise = swing_noise(progress, metric, self.noise)
        turns = turning_points(gains, np.maximum(noise, self.swing))
        recent = [turn for turn in turns if turn >= len(gains) - self.epochs]
        fallen = self._fallen(metric)
        if len(recent) >= self.swings:
            epoch, value = recent[0], float(len(recent))
            limit = float(self.swings)
            size = np.median(np.abs(np.diff(values[recent])))
            clause = (
                f"`{metric}` reversed {len(recent)} times in the last "
                f"{min(self.epochs, len(gains))} epochs, typically by "
                f"{number(size, 2)}"
            )
            details = "That is more than its sampling noise."
        elif fallen is not None:
            metric, loss, limit = fallen
            values = progress.series(metric)
            epoch, value = loss.epoch, loss.gain
            clause = (
                f"`{metric}` has fallen from {number(values[epoch])} to "
                f"{number(values[-1])}"
            )
            details = f"It was best at the end of epoch {epoch + 1}."
        else:
            return ()
        setup, epochs = progress.setup, progress.epochs
        return (
            self.finding(
                GLOBAL,
                (epochs[epoch].step + 1, epochs[-1].step),
                value,
                limit,
                clause,
                (
                    remedies.learning_rate(setup, 0.1),
                    remedies.decay_learning_rate(setup, progress.last_step),
                    remedies.larger_batch(setup),
                ),
                details=details,
            ),
        )

    def _fallen(self, metric: str) -> tuple[str, Lost, float] | None:
        """The metric that has fallen, by how much, and from how much on.

        Validation may fall alone, in a model that memorizes; but what falls on
        training data is lost. What it never knew, a model cannot lose.
        """
        loss = lost(self.state.progress, metric, self.noise)
        if loss is not None and loss.best > GUESSING:
            limit = self.fall if loss.left > GUESSING else self.fall / 2
            if loss.gain > max(limit, loss.noise):
                return metric, loss, limit
        name = metric.removeprefix("val_")
        loss = lost(self.state.progress, name, self.noise)
        # NaN is another sign's.
        last = self.state.progress.epochs[-1].logs.get("loss", 0.0)
        if loss is not None and loss.is_certain and math.isfinite(last):
            limit = self.part * loss.best
            if loss.gain > limit and loss.best > GUESSING:
                return name, loss, limit
        return None


def turning_points(curve: Array, sizes: Array) -> list[int]:
    """Indices at which a series turns back, by more than a size there.

    Smaller ups and downs on the way do not count, and NaN is passed over: the
    distance between two turning points, and from the last one to where the
    series went on, is at least the size.
    """
    turns: list[int] = []
    # Of 10,000 epochs, floats are read several times as fast from a list.
    values, size = curve.tolist(), sizes.tolist()
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
    """`(epochs,)`: how far a metric turned back in each epoch, in its own unit.

    With d the change of the metric since the epoch before, an epoch that
    turns back (its d has the other sign than the d before it) has the
    smaller of both |d|; an epoch that continues as before has 0, and so have
    the first two. NaN where a value is missing.
    """
    values = series(epochs, metric)
    result = np.zeros(len(values))
    change = np.diff(values)
    turned = change[1:] * change[:-1] < 0
    smaller = np.minimum(np.abs(change[1:]), np.abs(change[:-1]))
    result[2:] = np.where(turned, smaller, 0.0)
    result[2:][np.isnan(smaller)] = math.nan
    return result
