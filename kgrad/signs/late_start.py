"""Targets so far from 0 that much of the training is the way there."""

from __future__ import annotations

import numpy as np

from kgrad.records import Finding, Snapshot, TensorSummary
from kgrad.records.numbers import number
from kgrad.remedies import scales
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.checks.base import place
from kgrad.signs.data_checks import Targets
from kgrad.signs.guessing import is_squared
from kgrad.signs.metric import SOLVED


class LateStart(EpochSign):
    """For many epochs, the loss was above that of saying the targets' mean.

    Outputs begin near 0. Where the mean of the targets is many times as
    far from it as they differ among themselves, the first updates are for
    that distance, and their gradients all point the same way. Until they are
    there, nothing of what tells one target from another is learned; and an
    optimizer that remembers gradients of that size takes small steps long
    after. It matters if the task is not solved at the end.

    Args:
        share: Of the epochs that lie above.
        far: Mean of the targets in their spreads.
        epochs: Fewest of a plan.
    """

    name = Targets.name
    rule = "late_start"
    description = "targets far from zero, which took much of the training"
    rank = Targets.rank
    shown_by = ("metric",)

    def __init__(
        self, *, share: float = 0.25, far: float = 10.0, epochs: int = 4
    ) -> None:
        require_positive(share=share, far=far, epochs=epochs)
        self.share, self.far, self.epochs = share, far, epochs
        self._target: TensorSummary | None = None

    def update(self, snapshot: Snapshot) -> None:
        """Remembers the targets of the last sample."""
        for sample in snapshot.samples:
            targets = sample.data.of("target") if sample.data else ()
            if targets:
                self._target = targets[0]

    def examine(self) -> tuple[Finding, ...]:
        """One, of the targets, when the plan is done."""
        progress, target = self.state.progress, self._target
        setup = progress.setup
        if (
            target is None
            or len(setup.outputs) != 1
            or not is_squared("loss", setup)
            or setup.adds_losses
            or progress.is_weighted
            or not progress.is_over
            or setup.plan.epochs < self.epochs
            or progress.now >= SOLVED
            or not abs(target.mean) > self.far * target.std > 0
        ):
            return ()
        losses, chance = progress.series("loss"), progress.chance("loss")
        above = losses >= chance
        late = int(np.argmin(above)) if not above.all() else len(above)
        if not late >= self.share * len(losses) or not late < len(losses):
            return ()
        return (
            self.finding(
                place("y", setup.outputs[0].name),
                (progress.first_step, progress.last_step),
                late / len(losses),
                self.share,
                f"the targets have mean {number(target.mean)} and spread "
                f"{number(target.std)}: for {late} of {len(losses)} epochs the "
                f"loss was above the {number(chance)} of always saying their "
                "mean",
                (scales.standardize(target),),
                details="Until the outputs are there, nothing of what tells "
                "one target from another is learned.",
            ),
        )
