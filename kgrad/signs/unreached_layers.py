"""Layers that no gradient reaches, though what is behind them learns."""

from __future__ import annotations

from kgrad.records import Finding, Remedy, Severity, Snapshot
from kgrad.remedies import behavior as advice
from kgrad.signs.base import Sign
from kgrad.signs.checks.base import CLASS_LOSSES, REGRESSION_LOSSES
from kgrad.signs.data_checks import Behavior
from kgrad.signs.gradient_cut import Cut


class UnreachedLayers(Sign):
    """The way back from the loss ends before it reaches the first layers.

    A gradient of exactly 0 in every step, while the next layer has one, is
    neither a vanishing gradient, which shrinks from layer to layer, nor dead
    units, which have no output: an operation on the way has no slope, such as
    `round`, `sign`, `argmax` or `stop_gradient`. Variables of which there is
    no gradient at all are not connected to the loss. Only of models that are
    trained towards targets: others may hold layers still on purpose. So may a
    model that learns. Layers that were trained before, and are kept as they
    are by `stop_gradient` instead of `trainable = False`, are worth a note.
    """

    name = "behavior"
    rule = "unreached_layers"
    description = "layers that no gradient reaches"
    needs = frozenset({"gradient_norm", "weight_norm"})
    rank = Behavior.rank
    follows = Behavior.follows

    def update(self, snapshot: Snapshot) -> None:
        """Leaves all to the state of the run."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One, while the model has not learned."""
        progress = self.state.progress
        losses = [output.loss for output in progress.setup.outputs]
        known = CLASS_LOSSES | REGRESSION_LOSSES
        supervised = bool(losses) and all(loss in known for loss in losses)
        if not supervised or progress.learned:
            return ()
        found = self.state.gradient_cut
        if found.cut is not None:
            return (self._at(found.cut),)
        if found.first_step_only is not None:
            return (self._in_time(*found.first_step_only),)
        return ()

    def _at(self, cut: Cut) -> Finding:
        last = cut.layers[-1]
        count = len(cut.layers) - 1
        others = f" and {count} before it" if count else ""
        suspects = ", ".join(f"`{name}`" for name in cut.between)
        where = suspects or "what is between them"
        seen = (
            f"in none of {cut.steps} steps, though `{cut.behind}` has one"
            if cut.steps
            else f"the loss depends on `{cut.behind}`, but not on them"
            if cut.layers[1:]
            else f"the loss depends on `{cut.behind}`, but not on it"
        )
        on_purpose = self.state.weight_scale.were_trained(cut.layers)
        why = (
            "They began with weights that were trained before, so that this "
            "may be on purpose."
            if on_purpose
            else f"Look at {where}: rounding, a sign, `argmax` or "
            "`stop_gradient` have no slope. These layers stay as they began; "
            "were they only slow, their gradient would be small, not exactly 0."
        )
        return self._finding(
            last,
            float(len(cut.layers)),
            f"no gradient reaches `{last}`{others}: {seen}",
            why,
            advice.slope(),
            "note" if on_purpose else "problem",
        )

    def _in_time(self, layer: str, count: int) -> Finding:
        return self._finding(
            layer,
            1.0,
            f"the loss reads `{layer}` after its first step only: in none of "
            f"{self.state.gradient_cut.steps} steps has its recurrent kernel "
            "had a gradient",
            f"Whatever comes after the first of {count} time steps changes "
            "no prediction. Were it read at the end, the recurrent kernel "
            "would have a gradient, if a small one.",
            advice.last_state(),
        )

    def _finding(
        self,
        target: str,
        value: float,
        clause: str,
        details: str,
        remedy: Remedy,
        severity: Severity = "problem",
    ) -> Finding:
        progress = self.state.progress
        return self.finding(
            target,
            (progress.first_step, progress.last_step),
            value,
            0,
            clause,
            (remedy, advice.find_the_cut()),
            details=details,
            severity=severity,
        )
