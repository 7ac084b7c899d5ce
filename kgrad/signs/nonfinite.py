"""NaN and infinity: the first step, the first variable, and the reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from kgrad.records import GLOBAL, Finding, Remedy, Setup, Snapshot
from kgrad.signs import remedies
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.blocks import variables
from kgrad.signs.runup import Runup


class Nonfinite(Sign):
    """A gradient, a weight or the loss became NaN or infinite.

    Of the variables that are hit in the first bad step, one was hit first:
    where the loss is still finite, the backward pass overflowed, and it is
    the one nearest the loss; where it is not, the forward pass did, and it
    is the one nearest the input. Steps that loss scaling skips are its
    routine and do not count, unless it skips for good.

    Args:
        skips: From so many skipped steps in a row on, loss scaling no
            longer searches its scale: every gradient is non-finite.
    """

    name = "nonfinite"
    description = "NaN or infinite gradients, weights or loss"
    needs = frozenset(
        {"nonfinite_count", "gradient_norm", "update_norm", "weight_norm"}
    )

    def __init__(self, *, skips: int = 20) -> None:
        require_positive(skips=skips)
        self.skips = skips
        self._runup = Runup()
        self._finding: Finding | None = None
        self._loss_known = False
        self._skipped = 0
        self._weights_lost = False

    def update(self, snapshot: Snapshot) -> None:
        """Looks for the first bad step, then for when the weights are lost."""
        loss = self._lost_loss(snapshot)
        weights = ~np.isfinite(snapshot["weight_norm"][:, -1])
        gradients = snapshot["nonfinite_count"][:, -1] != 0
        bad = self._not_routine(snapshot, gradients | weights | loss)
        if self._finding is None:
            before = np.cumsum(bad | snapshot.skipped) == 0
            self._runup.update(snapshot, before)
            if bad.any():
                row = int(bad.argmax())
                self._finding = self._first(snapshot, row, bool(loss[row]))
        if self._finding is None or not bad.any():
            return
        last = int(snapshot.steps[bad][-1])
        self._finding = replace(self._finding, last_step=last)
        if weights.any() and not self._weights_lost:
            self._weights_lost = True
            step = int(snapshot.steps[weights][0])
            text = f" The weights themselves are lost from step {step} on."
            clause = self._finding.clause
            if not clause.startswith("the weights"):
                clause += f", the weights from step {step}"
            self._finding = replace(
                self._finding,
                explanation=self._finding.explanation + text,
                clause=clause,
            )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The one that tells where it began."""
        return () if self._finding is None else (self._finding,)

    def _lost_loss(self, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
        """Where the loss is not finite; it is NaN, too, where not known."""
        finite = np.isfinite(snapshot.loss)
        known = self._loss_known | np.logical_or.accumulate(finite)
        self._loss_known |= bool(finite.any())
        return ~finite & known

    def _not_routine(
        self, snapshot: Snapshot, bad: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        in_a_row = np.zeros(len(bad), np.int64)
        for row, skipped in enumerate(snapshot.skipped):
            self._skipped = self._skipped + 1 if skipped else 0
            in_a_row[row] = self._skipped
        return bad & (~snapshot.skipped | (in_a_row >= self.skips))

    def _first(self, snapshot: Snapshot, row: int, lost_loss: bool) -> Finding:
        counts = snapshot["nonfinite_count"][row]
        hit = [i for i in variables(snapshot.targets) if counts[i]]
        hit.sort(key=lambda i: snapshot.targets[i].depth)
        step = int(snapshot.steps[row])
        value, name, what = float(counts[-1]), GLOBAL, "the loss is not finite"
        since = f"NaN or infinite from step {step} on"
        clause = f"{'the loss is' if lost_loss else 'the weights are'} {since}"
        if hit:
            depths = [snapshot.targets[i].depth for i in hit]
            first = hit[0 if lost_loss else depths.index(depths[-1])]
            target, value = snapshot.targets[first], float(counts[first])
            name = target.name
            what = (
                f"{value:.0f} of {target.size} entries of the gradient of "
                f"`{name}` are NaN or infinite"
            )
            clause = (
                f"{clause}, first in the gradient of `{name}`"
                if lost_loss
                else f"the gradient of `{name}` is {since}"
            )
        return Finding(
            self.name,
            name,
            first_step=step,
            last_step=step,
            value=value,
            limit=0.0,
            explanation=(
                f"At step {step} {what}, the first of the run. "
                f"{self._cause(snapshot, row, lost_loss)}"
            ),
            remedies=self._remedies(snapshot.setup, lost_loss),
            clause=clause,
            reason=self._reason(snapshot, row),
        )

    def _reason(self, snapshot: Snapshot, row: int) -> str:
        if snapshot.skipped[row]:
            return (
                "loss scaling finds no scale at which the gradients are finite"
            )
        return self._runup.growth

    def _cause(self, snapshot: Snapshot, row: int, lost_loss: bool) -> str:
        if snapshot.skipped[row]:
            return (
                f"Loss scaling has skipped {self.skips} steps in a row: it "
                "finds no scale at which the gradients are finite."
            )
        if self._runup.growth:
            return f"The gradients exploded: {self._runup.growth}."
        if lost_loss:
            return (
                "The loss is not finite in the same step though nothing grew "
                "before: look at the data and at the loss function first."
            )
        return "The loss is still finite: the backward pass overflowed."

    def _remedies(self, setup: Setup, lost_loss: bool) -> tuple[Remedy, ...]:
        smaller = remedies.learning_rate(setup, 0.1)
        if lost_loss and not self._runup.growth:
            return (remedies.check_data(), smaller)
        if setup.clips:
            return (smaller, remedies.check_data())
        return (
            remedies.clip_gradients(setup),
            smaller,
            remedies.check_data(),
        )
