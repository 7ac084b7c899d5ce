"""A regularizer that outweighs what there is to learn."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad import remedies
from kgrad.records import GLOBAL, Finding, Snapshot, Target
from kgrad.records.numbers import number
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.data_checks import OutputAndLoss


class HeavyPenalty(Sign):
    """Weights cost more than they can bring, and so they go.

    L2 adds sum(l2 ||w||^2) to the loss. Of the loss itself no more can be
    gained than what guessing gives. Where the first weights cost a good part
    of that already, smaller ones are better than a model that knows something:
    they shrink. Under a usual penalty they cost some percent, and grow as the
    model learns; a model that does not learn for another reason keeps its
    weights, or loses them to a penalty that costs little, which is no cause.
    And some tasks are learned with weights a third of that size.

    Args:
        share: What the first weights cost, in losses of guessing.
        costly: And from which on it takes a solved task to excuse them: such
            weights cost more than all that they could bring.
        left: Part of the weights' size below which they have shrunk.
        epochs: Epochs before the sign can be seen.
    """

    name = OutputAndLoss.name
    rule = "heavy_penalty"
    description = "a regularizer that outweighs the loss"
    needs = frozenset({"weight_norm"})
    rank = OutputAndLoss.rank
    shown_by = ("weight_norm", "metric")

    def __init__(
        self,
        *,
        share: float = 0.3,
        costly: float = 1.0,
        left: float = 0.7,
        epochs: int = 3,
    ) -> None:
        require_positive(share=share, costly=costly, left=left, epochs=epochs)
        self.costly = costly
        self.share, self.left, self.epochs = share, left, epochs
        self._first, self._last = math.nan, math.nan
        self._step = 0

    def update(self, snapshot: Snapshot) -> None:
        """Adds up what the weights cost at first, and what they cost now."""
        found = list(_penalized(snapshot))
        if not found or not len(snapshot.steps):
            return
        norms = snapshot["weight_norm"]
        for row in (0, -1) if math.isnan(self._first) else (-1,):
            cost = sum(
                factor * float(norms[row, i]) ** 2 for i, factor in found
            )
            if math.isnan(self._first):
                self._first = cost
            self._last = cost

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, of the model, unless it learns with what weights are left."""
        progress = self.state.progress
        is_early = len(progress.epochs) < self.epochs
        if math.isnan(self._first) or is_early or progress.solved:
            return ()
        guess = progress.guessing_loss
        limit = self.costly if progress.learned else self.share
        if not self._first > limit * guess:
            return ()
        left = math.sqrt(self._last / self._first)
        if not left < self.left:
            return ()
        setup = progress.setup
        return (
            self.finding(
                GLOBAL,
                (progress.first_step, progress.last_step),
                self._first / guess,
                limit,
                f"the first weights cost {number(self._first)} by their "
                f"regularizers, where guessing costs {number(guess)} in all, "
                f"and they have shrunk to {left:.0%} of their size",
                (remedies.weaker_penalty(setup, guess / self._first),),
                details="Small weights are worth more to such a loss than "
                "right answers.",
            ),
        )


def _penalized(snapshot: Snapshot) -> Iterator[tuple[int, float]]:
    """Columns of weights with a penalty, and its factor."""
    factors = {
        (layer.name, role): l2
        for layer in snapshot.setup.layers
        for role, _, l2 in layer.penalties
        if l2 > 0
    }
    for i, target in enumerate(snapshot.targets):
        factor = factors.get(_key(target))
        if factor is not None and not target.gate:
            yield i, factor


def _key(target: Target) -> tuple[str, str]:
    return target.layer, target.role
