"""Units that no gradient reaches any more."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from kgrad import remedies
from kgrad.records import Finding, Remedy, Setup, Severity, Snapshot
from kgrad.signs.base import DATA, BlockSign, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.divergence import THROWN
from kgrad.signs.through_time import SAMPLES, target_of
from kgrad.signs.wording import of_norm

_QUIET = 64
"""Steps without gradient that `quiet_unit_share` asks for."""

_UNUSED = 0.9
"""Above this share, a model does whatever it does without the layer."""


class DeadUnits(BlockSign):
    """Most of a layer's units have no gradient, or no output.

    No gradient for 64 steps: a unit is quiet on one batch and comes back on
    the next; a dead one is quiet on all. A layer whose inputs are all zero
    has a kernel without gradient, but its bias has one: it is alive, what
    feeds it is dead. So a layer's share is the smallest among its variables.
    No output: it is near zero on every sample and time step, three times. But
    on inputs that are all positive, half of the relus are silent from the
    first step on, each by the sign of its weights: there it takes more than
    such a coin could give.

    Args:
        share: Share of a layer's units, 0 to 1, of which more must be dead;
            relu layers of healthy models lose up to half.
    """

    name = "dead_units"
    description = "units without any gradient, or any output"
    needs = frozenset({"quiet_unit_share", "update_norm", "weight_norm"})
    rank = 50
    shown_by = ("quiet_unit_share", "silent_unit_share")
    # Thrown weights push units to where they have no output; and relu makes
    # zeros of NaN.
    follows = (*DATA, "nonfinite", "exploding", "large_updates", "dead_units")
    # Where a tanh is flat no gradient passes.
    follows_upstream = ("saturation",)

    def __init__(self, *, share: float = 0.5) -> None:
        require_positive(share=share)
        self.share = share
        self._found: dict[str, Finding] = {}
        self._silent: dict[str, _Silent] = {}
        self._at_first: dict[str, float] = {}
        self._thrown: dict[str, tuple[int, float]] = {}
        self._layers = 0

    def update(self, snapshot: Snapshot) -> None:
        """Takes the samples into account, too."""
        super().update(snapshot)
        for sample in snapshot.samples:
            for activity in sample.activities:
                layer = activity.layer
                share = activity.values["silent_unit_share"]
                self._at_first.setdefault(layer, share)
                if share <= self.share:
                    self._silent.pop(layer, None)
                    continue
                old = self._silent.get(layer)
                self._silent[layer] = _Silent(
                    target_of(layer, snapshot.targets),
                    share,
                    old.first if old else sample.step,
                    sample.step,
                    old.samples + 1 if old else 1,
                )

    def examine(self, block: Block) -> None:
        """Follows the share of each layer."""
        shares = block["quiet_unit_share"]
        kernels = {block.targets[i].layer: i for i in block.kernels[::-1]}
        self._layers = len(kernels)
        for layer, kernel in kernels.items():
            target = block.targets[kernel]
            self._remember_thrown(layer, block, kernel)
            columns = [
                i for i in block.variables if block.targets[i].layer == layer
            ]
            dead = float(shares[-1, columns].min())
            if dead <= self.share:
                self._found.pop(layer, None)
                continue
            share = shares[:, columns].min(axis=1)
            old = self._found.get(layer)
            since = block.steps[(share > self.share).argmax()] - _QUIET + 1
            first = old.first_step if old else max(int(since), 1)
            self._found[layer] = self.finding(
                target.name,
                (first, int(block.steps[-1])),
                dead,
                self.share,
                f"{round(dead * target.units)} of {target.units} units of "
                f"`{layer}` have had no gradient at all since step {first}"
                f"{self._after(layer, first)}",
                self._remedies(block.setup, layer, first),
            )

    def _remember_thrown(self, layer: str, block: Block, kernel: int) -> None:
        """The first update that was out of scale with the layer's kernel."""
        ratios = block.moved[:, kernel]
        rows = np.flatnonzero(ratios >= THROWN)
        if len(rows):
            first = int(block.steps[rows[0]]), float(ratios[rows[0]])
            self._thrown.setdefault(layer, first)

    def _after(self, layer: str, first: int) -> str:
        """What had thrown the weights before the units died, if anything."""
        step, ratio = self._thrown.get(layer, (first, 0.0))
        if step >= first:
            return ""
        return (
            f", after the update of step {step} had changed the kernel by "
            f"{of_norm(ratio)}"
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The layers that are dead now.

        A model that learns with the rest of a layer may have lost nothing by
        it: then it is a note. So it is where it solves its task, and that only
        of layers that it has hardly any use for. Where no layer has a gradient
        the loss is 0, and there is nothing to learn.
        """
        solved = self.state.progress.solved
        least = _UNUSED if solved else self.share
        if solved and len(self._found) == self._layers:
            return ()
        setup = self.state.progress.setup
        silent = {
            layer: self.finding(
                seen.target,
                (seen.first, seen.last),
                seen.share,
                self.share,
                f"{seen.share:.0%} of the units of `{layer}` have been silent "
                f"since step {seen.first}, with an output near 0 on every "
                "sample and time step",
                self._remedies(setup, layer, seen.first),
            )
            for layer, seen in self._silent.items()
            if seen.samples >= SAMPLES
            and seen.share > self._chance_of_silence(setup, layer)
        }
        cut = self.state.gradient_cut.cut
        # What a layer before it gets no gradient for is another sign.
        before = {} if cut is None else dict.fromkeys(cut.layers)
        dead = {k: f for k, f in self._found.items() if k not in before}
        found = {**silent, **dead}.values()
        return tuple(
            replace(f, severity=self._severity(f.value))
            for f in found
            if f.value > least
        )

    def _severity(self, share: float) -> Severity:
        progress = self.state.progress
        works = progress.solved or (progress.learned and share <= _UNUSED)
        return "note" if works else "problem"

    def _chance_of_silence(self, setup: Setup, name: str) -> float:
        """Share that the signs of the first weights may silence: 3 errors."""
        layer = remedies.layer_of(setup, name)
        begun = self._at_first.get(name, 0.0) > self.share
        if not (layer and layer.units and "relu" in layer.activation and begun):
            return self.share
        return 0.5 + 3 * math.sqrt(0.25 / layer.units)

    def _remedies(
        self, setup: Setup, name: str, since: int
    ) -> tuple[Remedy, ...]:
        """Against what killed them.

        Weights and biases that began out of scale; otherwise the activation
        or the inputs; the updates, if the units were alive at first.
        """
        scale = self.state.weight_scale
        off = scale.too_small(setup) or scale.too_large(setup)
        found = [remedies.initial_weights(*off)] if off else []
        smaller = remedies.learning_rate(setup, 0.1)
        layer = remedies.layer_of(setup, name)
        if layer is None:
            return (*found, smaller)
        behind = remedies.batch_normalization(layer)
        if self._after(name, since):
            return (*found, smaller, behind)
        if "relu" in layer.activation:
            return (*found, remedies.leaky_relu(layer), smaller, behind)
        if since - self.state.progress.first_step >= _QUIET:
            return (*found, smaller, behind)
        if layer.activation in remedies.SATURATING:
            found.append(remedies.scale_inputs())
        return (*found, behind, smaller)


class _Silent(NamedTuple):
    """How many units of a layer are silent, and since when."""

    target: str
    share: float
    first: int
    last: int
    samples: int
