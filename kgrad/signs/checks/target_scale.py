"""Targets that the outputs have a long way to."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Remedy, Setup, TensorSummary
from kgrad.remedies import scales
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
from kgrad.signs.checks.reach import ENOUGH, path, rate_of, reach


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
    until_solved = True

    def __init__(self, *, size: float = 10.0, hopeless: float = 1e4) -> None:
        self.size, self.hopeless = size, hopeless

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the size of the targets with what updates can reach."""
        for pair, target in _large(setup, data, self.size):
            size = size_of(target)
            if size > self.hopeless:
                why = "the outputs begin near 0 and have a long way to go"
            elif size > (most := reach(setup, pair)):
                why = (
                    f"{setup.plan.updates:,} updates at the rate "
                    f"{rate_of(setup):g} move the outputs by {number(most)} "
                    "at most"
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
                f"{_told(target)}, from {number(target.minimum)} to "
                f"{number(target.maximum)}: {why}.",
                *_remedies(setup, data, target),
            )


class TargetsFarFromZero(Check):
    """Targets that differ by little, at a distance from where outputs begin.

    Of N updates let half be for the way d, and half for the spread s, which
    is what targets differ by. Then an update moves the outputs by 2 d / N: if
    that is more than s, none is as fine as what is to be learned. Nor do they
    get shorter in time: an adaptive optimizer measures a gradient by those of
    the last 1,000 updates or so, beside which that of the spread is small, by
    s / d. With N x rate of several, even a small part may be enough.

    The spread is that of all targets, or of a batch of shuffled ones: in a
    series, neighbors differ by less.

    Args:
        size: Mean from which on this is looked at.
        samples: From which a spread is known to a fifth, 1 / sqrt(2 n).
    """

    name = "targets_far_from_zero"
    sign = "targets"
    description = "targets far from zero for what they differ by"

    def __init__(self, *, size: float = 10.0, samples: int = 16) -> None:
        self.size, self.samples = size, samples

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the way of an update with the spread of the targets."""
        plan, updates = setup.plan, setup.plan.updates
        if not path(setup) < ENOUGH:
            return
        for pair, target in _large(setup, data, self.size):
            rows = target.shape[0]
            if not plan.shuffle and not rows >= plan.samples > 0:
                continue
            step = 2 * abs(target.mean) / updates
            if rows < self.samples or not 0 < target.std < step:
                continue
            yield self.finding(
                pair.target_name,
                step,
                target.std,
                f"{_told(target)}: to come so far in half of {updates:,} "
                f"updates, outputs move by {number(step)} with each, too far "
                "to tell targets apart.",
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
    until_solved = True

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
            f"{_told(target)}, and the loss, {number(data.loss)}, is not below "
            f"the {number(guess)} of always saying their mean.",
            *_remedies(setup, data, target),
        )


def _large(
    setup: Setup, data: DataSummary, size: float
) -> Iterator[tuple[Pair, TensorSummary]]:
    """Large targets of a regression that nothing in the model scales."""
    for pair in pairs(setup, data):
        target, said = pair.target, pair.prediction
        if target is None or pair.output.loss not in REGRESSION_LOSSES:
            continue
        if may_be_left_out(setup, data, target):
            continue
        own = size_of(target)
        if own > size and not (said and size_of(said) > own / 10):
            yield pair, target


def _told(target: TensorSummary) -> str:
    mean, spread = number(target.mean), number(target.std)
    return f"The targets have mean {mean} and spread {spread}"


def _remedies(
    setup: Setup, data: DataSummary, target: TensorSummary
) -> list[Remedy]:
    """Inputs and targets in one go, or the targets alone."""
    return to_scale(setup, data) or [scales.standardize(target)]


def _throws(setup: Setup, size: float) -> bool:
    """Whether plain gradients of that size are too long a step."""
    deep = sum(layer.units > 0 for layer in setup.layers) > 1
    plain = setup.optimizer == "SGD" and not setup.clips
    return deep and plain and size > 30 and rate_of(setup) * size > 1
