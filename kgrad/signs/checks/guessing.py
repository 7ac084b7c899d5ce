"""What a model reaches that only knows how often each answer occurs."""

from __future__ import annotations

import math

import numpy as np

from kgrad.records import TensorSummary
from kgrad.signs.checks.base import (
    BINARY_LOSSES,
    CATEGORICAL_LOSSES,
    SPARSE_LOSSES,
    Pair,
)
from kgrad.signs.guessing import entropy, majority

_MEAN_DEVIATION = math.sqrt(2 / math.pi)
"""Mean absolute deviation of a normal distribution of standard deviation 1."""


def majority_share(target: TensorSummary) -> float:
    """Accuracy of always saying the most frequent class, NaN if unknown."""
    return majority(target.class_counts)


def guessing_loss(pair: Pair) -> float:
    """The loss of the best answer that does not look at the input.

    The entropy of the labels for a cross-entropy, the variance of the targets
    for a squared error, the mean absolute deviation, as that of a normal
    distribution, for an absolute error; times the weight of the loss. NaN if
    it is not known.
    """
    return pair.output.weight * _guessing_loss(pair)


def _guessing_loss(pair: Pair) -> float:
    target, loss = pair.target, pair.output.loss
    if target is None:
        return math.nan
    if loss in SPARSE_LOSSES | CATEGORICAL_LOSSES:
        return entropy(target.class_counts)
    if loss in BINARY_LOSSES and 0 <= target.minimum <= target.maximum <= 1:
        # Of several columns it is at most that of their common mean.
        return entropy([target.mean, 1 - target.mean])
    if loss == "mean_squared_error":
        columns = target.feature_std
        known = columns and all(map(math.isfinite, columns))
        return float(np.square(columns if known else target.std).mean())
    if loss == "mean_absolute_error":
        return _MEAN_DEVIATION * target.std
    return math.nan


def untrained_loss(pair: Pair) -> float:
    """The loss that a model has before training, or somewhat more.

    All classes are equally likely to it, all numbers are 0: ln K of K classes,
    ln 2 of yes and no, the mean square of the targets; times the weight of
    the loss. NaN if not known.
    """
    return pair.output.weight * _untrained_loss(pair)


def _untrained_loss(pair: Pair) -> float:
    target, loss = pair.target, pair.output.loss
    if loss in SPARSE_LOSSES | CATEGORICAL_LOSSES and pair.units > 1:
        return math.log(pair.units)
    if loss in BINARY_LOSSES:
        return math.log(2)
    if target is None:
        return math.nan
    if loss == "mean_squared_error":
        return target.std**2 + target.mean**2
    if loss == "mean_absolute_error":
        return math.hypot(target.std, target.mean)
    return math.nan
