"""Targets that the outputs have a long way to."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Remedy, Setup, TensorSummary
from kgrad.remedies import SATURATING, scales
from kgrad.signs.checks.base import (
    REGRESSION_LOSSES,
    Check,
    Pair,
    may_be_left_out,
    number,
    pairs,
)
from kgrad.signs.checks.guessing import guessing_loss
from kgrad.signs.checks.input_scale import to_scale
from kgrad.signs.checks.out_of_scale import size_of

ADAPTIVE = frozenset(
    {
        "Adafactor",
        "Adagrad",
        "Adam",
        "AdamW",
        "Adamax",
        "Lion",
        "Nadam",
        "RMSprop",
    }
)
"""Optimizers whose steps are about as long as the rate, whatever the slope."""


class TargetScale(Check):
    """Outputs begin near 0, and each update moves them by so much only.

    An adaptive optimizer moves each weight by about the learning rate, so that
    N updates move an output behind h bounded units by at most
    N rate (h + 1). Units without a bound grow, too, and reach further. A
    plain gradient is as long as the targets are large: with
    rate x size > 1 the first step throws the weights away. Predictions of
    the targets' size show that something scales them.

    Args:
        size: Mean or spread from which on this is looked at.
        hopeless: Mean or spread that no rate reaches in usual training.
    """

    name = "target_scale"
    sign = "targets"
    description = "targets out of scale for the outputs"

    def __init__(self, *, size: float = 10.0, hopeless: float = 1e4) -> None:
        self.size, self.hopeless = size, hopeless

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the size of the targets with what updates can reach."""
        for pair in pairs(setup, data):
            target = pair.target
            if target is None or pair.output.loss not in REGRESSION_LOSSES:
                continue
            if may_be_left_out(setup, data, target):
                continue
            size = size_of(target)
            said = pair.prediction
            if size <= self.size or (said and size_of(said) > size / 10):
                continue
            reach = _reach(setup, pair)
            if size > self.hopeless:
                why = "the outputs begin near 0 and have a long way to go"
            elif size > reach:
                why = (
                    f"{setup.plan.updates:,} updates at the rate "
                    f"{setup.optimizer_arguments['learning_rate']:g} move the "
                    f"outputs by {number(reach)} at most"
                )
            elif _throws(setup, size):
                why = (
                    "the first gradients of plain SGD are as large and throw "
                    "the weights away"
                )
            else:
                continue
            yield self.finding(
                pair.target_name,
                size,
                self.size,
                f"The targets have mean {number(target.mean)} and spread "
                f"{number(target.std)}, from {number(target.minimum)} to "
                f"{number(target.maximum)}: {why}.",
                *_remedies(setup, data, target),
            )


class TargetScaleNotReached(Check):
    """After some training, the loss is still above the targets' variance.

    Args:
        size: Mean or spread from which on it is the scale that is to blame.
    """

    name = "target_scale_not_reached"
    sign = "targets"
    description = "targets out of scale of which nothing has been learned"
    needs_training = True

    def __init__(self, *, size: float = 10.0) -> None:
        self.size = size

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the loss of the batch with the variance of its targets."""
        found = list(pairs(setup, data))
        if len(found) != 1 or data.of("sample_weight") or setup.adds_losses:
            return
        (pair,) = found
        target, guess = pair.target, guessing_loss(pair)
        if (
            target is None
            or size_of(target) <= self.size
            or pair.output.loss not in REGRESSION_LOSSES
            or not data.loss >= guess
        ):
            return
        yield self.finding(
            pair.target_name,
            data.loss,
            guess,
            f"The targets have mean {number(target.mean)} and spread "
            f"{number(target.std)}, and the loss, {number(data.loss)}, is not "
            f"below the {number(guess)} of always saying their mean.",
            *_remedies(setup, data, target),
        )


def _remedies(
    setup: Setup, data: DataSummary, target: TensorSummary
) -> list[Remedy]:
    """Inputs and targets in one go, or the targets alone."""
    return to_scale(setup, data) or [scales.standardize(target)]


def _rate(setup: Setup) -> float:
    return float(setup.optimizer_arguments.get("learning_rate", math.nan))


def _reach(setup: Setup, pair: Pair) -> float:
    """How far the planned updates can move an output; infinite if unknown."""
    names = [layer.name for layer in setup.layers]
    if (
        setup.optimizer not in ADAPTIVE
        or setup.has_schedule
        or not setup.plan.updates
        or pair.output.layer not in names
    ):
        return math.inf
    last = names.index(pair.output.layer)
    before = [
        layer
        for layer in setup.layers[:last]
        if layer.units or layer.class_name == "Activation"
    ]
    if not before or not before[-1].activation.startswith(SATURATING):
        return math.inf
    units = next((x.units for x in reversed(before) if x.units), 0)
    both = 2 if before[-1].class_name == "Bidirectional" else 1
    return setup.plan.updates * _rate(setup) * (both * units + 1)


def _throws(setup: Setup, size: float) -> bool:
    """Whether plain gradients of that size are too long a step."""
    deep = sum(layer.units > 0 for layer in setup.layers) > 1
    plain = setup.optimizer == "SGD" and not setup.clips
    return deep and plain and size > 30 and _rate(setup) * size > 1
