"""Gradients that explode until they are no numbers any more."""

from __future__ import annotations

import numpy as np

from kgrad import remedies
from kgrad.records import Finding, Setup, Snapshot
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.loss_scaling import LossScaling, LostLoss
from kgrad.signs.runup import GROWN, THROWN, Growth, Runup


class ExplodingToInfinity(Sign):
    """A run that diverges within a few steps, and ends in NaN.

    Often in the first steps, before a usual level is known: three updates,
    each a thousand times as large as the one before. Where nothing grew in
    the last eight steps before, NaN has another reason, and `nonfinite`
    says which.

    Args:
        thrown: ||update|| / ||w|| of a kernel in one of these steps: from
            half its own norm on, what it had learned is gone.
        grown: Its gradient against the median norm of the last 64 steps;
            healthy ones reach some tens in so short a time.
        skips: From so many skipped steps in a row on, loss scaling no
            longer searches its scale.
    """

    name = "exploding"
    description = "gradients that grow until they are NaN or infinite"
    needs = frozenset(
        {"nonfinite_count", "gradient_norm", "update_norm", "weight_norm"}
    )

    def __init__(
        self,
        *,
        thrown: float = THROWN,
        grown: float = GROWN,
        skips: int = 20,
    ) -> None:
        require_positive(thrown=thrown, grown=grown, skips=skips)
        self._runup = Runup(thrown, grown)
        self._loss_scaling = LossScaling(skips=skips)
        self._lost_loss = LostLoss()
        self._ended = 0
        self._setup = Setup()

    def update(self, snapshot: Snapshot) -> None:
        """Keeps the last good steps until one is bad."""
        if self._ended:
            return
        self._setup = snapshot.setup
        loss = self._lost_loss.rows(snapshot)
        bad = (snapshot["nonfinite_count"][:, -1] != 0) | loss
        first, _ = self._loss_scaling.first(snapshot, bad, loss)
        self._runup.update(snapshot, np.cumsum(bad | snapshot.skipped) == 0)
        if first is not None:
            self._ended = int(first[0].steps[first[1]])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the kernel that grew, once the run is lost."""
        growth = self._runup.growth if self._ended else None
        return () if growth is None else (self._finding(growth),)

    def _finding(self, growth: Growth) -> Finding:
        clause = f"{growth.words} when step {self._ended} was NaN or infinite"
        return Finding(
            self.name,
            growth.target,
            first_step=growth.step,
            last_step=self._ended,
            value=growth.value,
            limit=growth.limit,
            explanation=f"{clause[:1].upper()}{clause[1:]}.",
            remedies=remedies.tame(self._setup),
            clause=clause,
        )
