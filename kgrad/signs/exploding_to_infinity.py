"""Gradients that explode until they are no numbers any more."""

from __future__ import annotations

import numpy as np

from kgrad.records import Finding, Setup, Snapshot
from kgrad.signs import remedies
from kgrad.signs.base import Sign
from kgrad.signs.loss_scaling import LossScaling, LostLoss
from kgrad.signs.runup import Growth, Runup


class ExplodingToInfinity(Sign):
    """A run that diverges within a few steps, and ends in NaN.

    Often in the first steps, before a usual level is known: three updates,
    each a thousand times as large as the one before. Where nothing grew in
    the last eight steps before, NaN has another reason, and `nonfinite`
    says which.
    """

    name = "exploding"
    description = "gradients that grow until they are NaN or infinite"
    needs = frozenset(
        {"nonfinite_count", "gradient_norm", "update_norm", "weight_norm"}
    )

    def __init__(self) -> None:
        self._runup = Runup()
        self._loss_scaling = LossScaling(skips=20)
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
