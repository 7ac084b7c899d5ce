"""What a model had learned, has lost again, or has learned since."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kgrad.records import Array
from kgrad.signs.metric import GUESSING, Progress
from kgrad.signs.series import standard_error


class Lost(NamedTuple):
    """How much of its best a metric has lost.

    Args:
        epoch: The best epoch, counted from 0.
        best: The gain there.
        left: The gain that the last two epochs agree on: the dip of a single
            one is no loss.
        noise: What the difference of two epochs may be by sampling alone.
    """

    epoch: int
    best: float
    left: float
    noise: float

    @property
    def gain(self) -> float:
        """What was lost."""
        return self.best - self.left

    @property
    def is_certain(self) -> bool:
        """Whether it is more than noise, and more than next to nothing."""
        return self.gain > max(self.noise, GUESSING)


def swing_noise(
    progress: Progress, metric: str, errors: float = 3.0, last: int = 0
) -> Array:
    """`(epochs,)`: swing that sampling alone may make, as a gain.

    Of all epochs or the `last` ones, in standard errors of the difference of
    two epochs; 0 where that is not known.
    """
    error = standard_error(progress.epochs[-last:], metric)
    whole = progress.distance(metric)
    return np.nan_to_num(errors * math.sqrt(2) * error / whole)


def lost(progress: Progress, metric: str, errors: float = 3.0) -> Lost | None:
    """What a metric has lost; None where its gains are not known."""
    gains = progress.gains(metric) if metric else np.empty(0)
    if len(gains) < 3 or np.isnan(gains).all() or np.isnan(gains[-2:]).all():
        return None
    best = int(np.nanargmax(gains))
    (noise,) = swing_noise(progress, metric, errors, last=1)
    left = float(np.nanmax(gains[-2:]))
    return Lost(best, float(gains[best]), left, float(noise))


def once_knew_more(progress: Progress) -> bool:
    """Whether the model had learned more than it has now, for certain.

    What it had learned, its gradient had reached.
    """
    name = progress.metric.removeprefix("val_")
    found = (lost(progress, metric) for metric in (name, f"val_{name}"))
    return any(loss is not None and loss.is_certain for loss in found)


def got_on_since(progress: Progress, step: int) -> bool:
    """Whether the model knows more than before a step, for certain.

    What it went through there has not kept it from learning.

    Args:
        progress: How far the run has come.
        step: The optimizer step.
    """
    name = progress.metric.removeprefix("val_")
    before = [i for i, e in enumerate(progress.epochs) if e.step < step]
    for metric in (name, f"val_{name}"):
        found = lost(progress, metric)
        if found is None:
            continue
        then = progress.gains(metric)[before]
        best = float(np.nanmax(then, initial=0.0))
        if found.left - best > max(found.noise, GUESSING):
            return True
    return False
