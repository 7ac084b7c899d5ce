"""What the first epoch tells apart: memorized, or foreseen."""

from __future__ import annotations

import math

import numpy as np

from kgrad.signs.metric import GUESSING, LEARNED, Progress

FORESEEN = 3 * GUESSING
"""Gain on samples seen for the first time, from which they are foreseen."""


def guessing_elsewhere(progress: Progress, name: str) -> float:
    """What guessing reaches on data in which each class may be as frequent.

    Where training data are out of balance, validation data need not be: there
    the majority's share of the former is no level that guessing reaches.

    Args:
        progress: How far the run has come.
        name: The metric, without `val_`.
    """
    chance, setup = progress.chance(name), progress.setup
    if name in setup.chance or setup.classes < 2:
        return chance
    return min(chance, 1 / setup.classes)


def foresees_training_only(
    progress: Progress, name: str, noise: float, foreseen: float = FORESEEN
) -> bool:
    """Whether new samples are answered in training, and never in validation.

    In its first epoch, a model sees every sample for the first time: what it
    gets right there it has not learned by heart, and would get right in
    validation data of the same kind. It must be the first epoch of all, in
    which no sample came twice.

    Args:
        progress: How far the run has come.
        name: The metric, without `val_`.
        noise: Standard errors by which validation is below.
        foreseen: Gain of the first epoch.
    """
    first, plan = progress.epochs[0], progress.setup.plan
    counted = first.samples.get(name, 0)
    once = first.epoch == 0 and progress.first_step == 1
    if not once or not 0 < counted <= plan.samples:
        return False
    metrics = name, f"val_{name}"
    seen, level = progress.gains(name), guessing_elsewhere(progress, name)
    whole = abs(1 - level) or math.nan
    unseen = (progress.series(metrics[1]) - level) / whole
    values = [progress.series(x)[0] for x in metrics]
    errors = [progress.standard_error(x)[0] for x in metrics]
    return bool(
        seen[0] >= foreseen
        and seen[-1] >= LEARNED
        and np.nanmax(unseen) < GUESSING
        and values[0] - values[1] > noise * math.hypot(*errors)
    )
