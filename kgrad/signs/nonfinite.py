"""NaN and infinity: the first step, the first variable, and the reason."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Finding, Remedy, Setup, Snapshot, guarded
from kgrad.signs.base import DATA, Sign, require_positive
from kgrad.signs.blocks import variables
from kgrad.signs.divergence import SKIPS, Divergence
from kgrad.signs.wording import sentence


class Nonfinite(Sign):
    """A gradient, a weight or the loss became NaN or infinite.

    Of the variables that are hit in the first bad step, one was hit first.
    If the weights of one are, it is that one. Otherwise, if the loss is
    still finite, the backward pass overflowed, and it is the one nearest the
    loss; if the loss is not, the forward pass did, and it is the one nearest
    the input. Steps that loss scaling skips are its routine and do not
    count, unless it skips for good; likewise those that the action `Skip`
    leaves out.

    Args:
        skips: From so many skipped steps in a row on, loss scaling no
            longer searches for its scale: every gradient is non-finite.
    """

    name = "nonfinite"
    description = "NaN or infinite gradients, weights or loss"
    needs = Divergence.needs
    rank = 10
    is_symptom = True
    # What grows on and on leaves the range of floats.
    follows = (*DATA, "exploding", "large_updates", "nonfinite")

    def __init__(self, *, skips: int = SKIPS) -> None:
        require_positive(skips=skips)
        self.skips = skips
        self._seen: _Seen | None = None
        self._last_step = 0
        self._weights_lost = 0

    def update(self, snapshot: Snapshot) -> None:
        """Looks for the first bad step, then for when the weights are lost."""
        first, rows = self.state.divergence.first(self.skips)
        if first is not None:
            self._seen = self._seen or self._look(*first)
            self._last_step = int(first[0].steps[first[1]])
        if self._seen is None or not rows.any():
            return
        self._last_step = int(snapshot.steps[rows][-1])
        weights = ~np.isfinite(snapshot["weight_norm"][:, -1])
        if weights.any() and not self._weights_lost:
            self._weights_lost = int(snapshot.steps[weights][0])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The one that tells where it began."""
        seen = self._seen
        if seen is None:
            return ()
        clause = seen.clause
        if self._weights_lost and not seen.of_weights:
            clause += f", the weights from step {self._weights_lost}"
        return (
            self.finding(
                seen.target,
                (seen.step, self._last_step),
                seen.value,
                0,
                clause,
                seen.remedies,
                details=seen.details,
                reason=seen.reason,
            ),
        )

    def is_final(self, finding: Finding) -> bool:
        """NaN does not go away."""
        return True

    def _look(self, snapshot: Snapshot, row: int) -> _Seen:
        """What is not finite in the first bad step."""
        divergence = self.state.divergence
        lost_loss = divergence.loss_is_known and not np.isfinite(
            snapshot.loss[row]
        )
        step = int(snapshot.steps[row])
        since = f"NaN or infinite from step {step} on"
        counts = snapshot["nonfinite_count"][row]
        targets = snapshot.targets
        by_depth = sorted(variables(targets), key=lambda i: targets[i].depth)
        lost = ~np.isfinite(snapshot["weight_norm"][row])
        weights = [targets[i].name for i in by_depth if lost[i]]
        hit = [i for i in by_depth if counts[i]]
        name, value, details = GLOBAL, float(counts[-1]), []
        clause = f"the loss is {since}"
        if weights:
            name = weights[0]
            clause = f"the weights `{name}` are {since}"
        elif hit:
            depths = [targets[i].depth for i in hit]
            first = hit[0 if lost_loss else depths.index(depths[-1])]
            name, value = targets[first].name, float(counts[first])
            clause = (
                f"{clause}, first in the gradient of `{name}`"
                if lost_loss
                else f"the gradient of `{name}` is {since}"
            )
            details = [
                "Entries of this gradient that are not finite in that step: "
                f"{value:.0f} of {targets[first].size}."
            ]
        last = max(targets, key=lambda target: target.depth).layer
        at_the_loss = name in {t.name for t in targets if t.layer == last}
        reason = self._reason(snapshot, row)
        if not reason:
            details += [_guess(lost_loss, at_the_loss)]
        elif snapshot.skipped[row]:
            details += [sentence(reason)]
        else:
            details += [f"The gradients exploded: {reason}."]
        return _Seen(
            name,
            step,
            value,
            clause,
            " ".join(details),
            reason,
            bool(weights),
            self._remedies(snapshot.setup, lost_loss, at_the_loss),
        )

    def _reason(self, snapshot: Snapshot, row: int) -> str:
        """What led to it, as a clause; `""` if nothing was seen to."""
        if not snapshot.skipped[row]:
            growth = self.state.divergence.last_steps.growth()
            return growth.clause if growth else ""
        if guarded(snapshot.steps, snapshot.actions)[row]:
            return f"`Skip` left out {self.skips} updates in a row"
        return (
            f"loss scaling skipped {self.skips} steps in a row and finds no "
            "scale at which the gradients are finite"
        )

    def _remedies(
        self, setup: Setup, lost_loss: bool, at_the_loss: bool
    ) -> tuple[Remedy, ...]:
        data, smaller = remedies.check_data(), remedies.smaller_steps(setup)
        if self.state.divergence.last_steps.growth() is not None:
            return (*smaller, data)
        if remedies.has_custom_loss(setup) and (lost_loss or at_the_loss):
            return (remedies.stable_loss(), data, *smaller)
        if at_the_loss and not lost_loss:
            return (*smaller, data)
        return (data, *smaller)


class _Seen(NamedTuple):
    """The first step that was not finite."""

    target: str
    step: int
    value: float
    clause: str
    details: str
    reason: str
    of_weights: bool
    remedies: tuple[Remedy, ...]


def _guess(lost_loss: bool, at_the_loss: bool) -> str:
    """Where to look if nothing grew before."""
    if lost_loss:
        return (
            "Nothing had grown before: look at the data and at the loss "
            "function first."
        )
    if at_the_loss:
        return "The loss is still finite, but its slope is not."
    return (
        "The loss is still finite: either an activation hides bad values in "
        "the data, or the backward pass overflowed."
    )
