"""Targets that are small beside the noise of the outputs."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import scales
from kgrad.signs.checks.base import (
    REGRESSION_LOSSES,
    Check,
    number,
    pairs,
)
from kgrad.signs.checks.guessing import guessing_loss
from kgrad.signs.checks.out_of_scale import size_of


class SmallTargets(Check):
    """Outputs that differ by more than all of the targets do.

    New outputs differ by some tenths, and each update moves them by its own
    length. To targets that differ by a hundredth that is noise: after some
    training the loss is still far above that of always saying their mean. What
    cannot be foreseen, such as returns, ends at that loss, and not above.

    Args:
        size: Mean and spread below which targets are small.
        excess: Loss, in losses of guessing.
    """

    name = "small_targets"
    sign = "targets"
    description = "targets small beside the noise of the outputs"
    needs_training = True
    until_solved = True
    of_all_data = True

    def __init__(self, *, size: float = 0.1, excess: float = 1.5) -> None:
        self.size, self.excess = size, excess

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the loss of the batch with the variance of its targets."""
        found = list(pairs(setup, data))
        if len(found) != 1 or data.of("sample_weight") or setup.adds_losses:
            return
        (pair,) = found
        target, guess = pair.target, guessing_loss(pair)
        if (
            target is None
            or pair.output.loss not in REGRESSION_LOSSES
            or not 0 < target.std <= size_of(target) < self.size
            or not data.loss > self.excess * guess
        ):
            return
        yield self.finding(
            pair.target_name,
            data.loss / guess,
            self.excess,
            f"The targets differ by {number(target.std)} only, and the loss, "
            f"{number(data.loss)}, is {number(data.loss / guess)} times the "
            f"{number(guess)} of always saying their mean.",
            scales.standardize(target),
        )
