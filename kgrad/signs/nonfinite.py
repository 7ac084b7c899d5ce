"""NaN and infinity: the first step, the first variable, and the reason."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Finding, Remedy, Setup, Snapshot, guarded
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.blocks import variables
from kgrad.signs.loss_scaling import LossScaling, LostLoss
from kgrad.signs.runup import Runup


class Nonfinite(Sign):
    """A gradient, a weight or the loss became NaN or infinite.

    Of the variables that are hit in the first bad step, one was hit first.
    If the weights of one are, it is that one. Else, where the loss is still
    finite, the backward pass overflowed, and it is the one nearest the loss;
    where the loss is not, the forward pass did, and it is the one nearest
    the input. Steps that loss scaling skips are its routine and do not
    count, unless it skips for good; likewise those that the action `Skip`
    leaves out.

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
        self._loss_scaling = LossScaling(skips)
        self._runup = Runup()
        self._finding: Finding | None = None
        self._lost_loss = LostLoss()
        self._weights_lost = False

    def update(self, snapshot: Snapshot) -> None:
        """Looks for the first bad step, then for when the weights are lost."""
        loss = self._lost_loss.rows(snapshot)
        weights = ~np.isfinite(snapshot["weight_norm"][:, -1])
        gradients = snapshot["nonfinite_count"][:, -1] != 0
        bad = gradients | weights | loss
        first, told = self._loss_scaling.first(snapshot, bad, loss)
        if self._finding is None:
            before = np.cumsum(bad | snapshot.skipped) == 0
            self._runup.update(snapshot, before)
            if first is not None:
                self._finding = self._first(*first)
        if self._finding is None or not told.any():
            return
        last = int(snapshot.steps[told][-1])
        self._finding = replace(self._finding, last_step=last)
        if weights.any() and not self._weights_lost:
            self._weights_lost = True
            self._finding = self._with_lost_weights(
                self._finding, int(snapshot.steps[weights][0])
            )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The one that tells where it began."""
        return () if self._finding is None else (self._finding,)

    def _with_lost_weights(self, finding: Finding, step: int) -> Finding:
        if "weights" in finding.clause:
            return finding
        text = f" The weights themselves are lost from step {step} on."
        return replace(
            finding,
            explanation=finding.explanation + text,
            clause=f"{finding.clause}, the weights from step {step}",
        )

    def _first(self, snapshot: Snapshot, row: int) -> Finding:
        lost_loss = (
            not math.isfinite(snapshot.loss[row]) and self._lost_loss.known
        )
        step = int(snapshot.steps[row])
        target, value, what, clause = self._where(snapshot, row, lost_loss)
        at_the_loss = _at_the_loss(snapshot, target)
        return Finding(
            self.name,
            target,
            first_step=step,
            last_step=step,
            value=value,
            limit=0.0,
            explanation=(
                f"At step {step} {what}, the first of the run. "
                f"{self._cause(snapshot, row, lost_loss, at_the_loss)}"
            ),
            remedies=self._remedies(snapshot.setup, lost_loss, at_the_loss),
            clause=clause,
            reason=self._reason(snapshot, row),
        )

    def _where(
        self, snapshot: Snapshot, row: int, lost_loss: bool
    ) -> tuple[str, float, str, str]:
        """Target, number of bad entries, what they are, and as a clause."""
        step = int(snapshot.steps[row])
        since = f"NaN or infinite from step {step} on"
        clause = f"the loss is {since}"
        counts = snapshot["nonfinite_count"][row]
        by_depth = sorted(
            variables(snapshot.targets), key=lambda i: snapshot.targets[i].depth
        )
        lost = ~np.isfinite(snapshot["weight_norm"][row])
        weights = [snapshot.targets[i].name for i in by_depth if lost[i]]
        if weights:
            what = f"the weights `{weights[0]}` are NaN or infinite"
            clause = f"the weights `{weights[0]}` are {since}"
            return weights[0], float(counts[-1]), what, clause
        hit = [i for i in by_depth if counts[i]]
        if not hit:
            return GLOBAL, float(counts[-1]), "the loss is not finite", clause
        depths = [snapshot.targets[i].depth for i in hit]
        first = hit[0 if lost_loss else depths.index(depths[-1])]
        target, value = snapshot.targets[first], float(counts[first])
        what = (
            f"{value:.0f} of {target.size} entries of the gradient of "
            f"`{target.name}` are NaN or infinite"
        )
        clause = (
            f"{clause}, first in the gradient of `{target.name}`"
            if lost_loss
            else f"the gradient of `{target.name}` is {since}"
        )
        return target.name, value, what, clause

    def _reason(self, snapshot: Snapshot, row: int) -> str:
        if snapshot.skipped[row]:
            if _by_action(snapshot, row):
                return f"`Skip` left out {self.skips} updates in a row"
            return (
                "loss scaling finds no scale at which the gradients are finite"
            )
        growth = self._runup.growth
        return growth.words if growth else ""

    def _cause(
        self, snapshot: Snapshot, row: int, lost_loss: bool, at_the_loss: bool
    ) -> str:
        if snapshot.skipped[row]:
            if _by_action(snapshot, row):
                return f"`Skip` has left out {self.skips} updates in a row."
            return (
                f"Loss scaling has skipped {self.skips} steps in a row: it "
                "finds no scale at which the gradients are finite."
            )
        growth = self._runup.growth
        if growth is not None:
            return f"The gradients exploded: {growth.words}."
        if lost_loss:
            return (
                "The loss is not finite in the same step though nothing grew "
                "before: look at the data and at the loss function first."
            )
        if at_the_loss:
            return "The loss is still finite, but its slope is not."
        return (
            "The loss is still finite: an activation hides what comes in with "
            "the data, or the backward pass overflowed."
        )

    def _remedies(
        self, setup: Setup, lost_loss: bool, at_the_loss: bool
    ) -> tuple[Remedy, ...]:
        data, tame = remedies.check_data(), remedies.tame(setup)
        if self._runup.growth is not None:
            return (*tame, data)
        if remedies.loss_by_hand(setup) and (lost_loss or at_the_loss):
            return (remedies.stable_loss(), data, *tame)
        if at_the_loss and not lost_loss:
            return (*tame, data)
        return (data, *tame)


def _at_the_loss(snapshot: Snapshot, name: str) -> bool:
    """Whether a variable is of the last layer."""
    last = max(snapshot.targets, key=lambda target: target.depth)
    return name in {t.name for t in snapshot.targets if t.layer == last.layer}


def _by_action(snapshot: Snapshot, row: int) -> bool:
    return bool(guarded(snapshot.steps, snapshot.actions)[row])
