"""Gradients that grow until they overflow."""

from __future__ import annotations

from kgrad import remedies
from kgrad.records import Finding, Snapshot
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.divergence import GROWN, SKIPS, THROWN, Divergence
from kgrad.signs.exploding import Exploding


class ExplodingToInfinity(Sign):
    """A run that diverges within a few steps, and ends in NaN.

    Often in the first steps, before a usual level is known: three updates,
    each a thousand times as large as the one before. If nothing grew in the
    eight steps before, NaN has another reason, and `nonfinite` says which.

    Args:
        thrown: ||update|| / ||w|| of a kernel in one of these steps: from
            half its own norm on, what it had learned is gone.
        grown: Its gradient against the median norm of the last 64 steps;
            healthy ones stay below 100 over so few steps.
        skips: From so many skipped steps in a row on, loss scaling no
            longer searches for its scale.
    """

    name = Exploding.name
    rule = "exploding_to_infinity"
    description = "gradients that grow until they are NaN or infinite"
    needs = Divergence.needs
    rank = Exploding.rank
    follows = Exploding.follows

    def __init__(
        self,
        *,
        thrown: float = THROWN,
        grown: float = GROWN,
        skips: int = SKIPS,
    ) -> None:
        require_positive(thrown=thrown, grown=grown, skips=skips)
        self.thrown, self.grown, self.skips = thrown, grown, skips
        self._ended = False
        self._found: tuple[Finding, ...] = ()

    def update(self, snapshot: Snapshot) -> None:
        """Waits for the first step that is lost."""
        if self._ended:
            return
        divergence = self.state.divergence
        first, _ = divergence.first(self.skips)
        if first is None:
            return
        self._ended = True
        growth = divergence.last_steps.growth(self.thrown, self.grown)
        if growth is None:
            return
        lost, row = first
        end = int(lost.steps[row])
        self._found = (
            self.finding(
                growth.target,
                (growth.step, end),
                growth.value,
                growth.limit,
                f"{growth.clause} when NaN or infinity appeared at step {end}",
                remedies.smaller_steps(snapshot.setup),
            ),
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the kernel that grew, once the run is lost."""
        return self._found
