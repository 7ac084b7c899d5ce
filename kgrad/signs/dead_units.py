"""Units that no gradient reaches any more."""

from __future__ import annotations

from dataclasses import replace

from kgrad import remedies
from kgrad.records import Activity, Finding, Remedy, Setup, Snapshot
from kgrad.signs.base import BlockSign, require_positive
from kgrad.signs.blocks import Block
from kgrad.signs.through_time import SAMPLES, target_of
from kgrad.signs.weight_scale import WeightScale

_QUIET = 64
"""Steps without gradient that `quiet_unit_share` asks for."""


class DeadUnits(BlockSign):
    """A large share of a layer's units has no gradient, or no output.

    No gradient for 64 steps: a unit is quiet on one batch and comes back on
    the next; a dead one is quiet on all. A layer whose inputs are all zero
    has a kernel without gradient, but its bias has one: it is alive, what
    feeds it is dead. So a layer's share is the smallest among its variables.
    No output: it is near zero on every sample and time step, three times.

    Args:
        share: Share of a layer's units, 0 to 1, that more are dead than;
            relu layers of healthy models lose up to half.
    """

    name = "dead_units"
    description = "units without any gradient, or any output"
    needs = frozenset({"quiet_unit_share", "weight_norm"})

    def __init__(self, *, share: float = 0.5) -> None:
        require_positive(share=share)
        super().__init__()
        self.share = share
        self._found: dict[str, Finding] = {}
        self._silent: dict[str, list[Finding]] = {}
        self._scale = WeightScale()

    def update(self, snapshot: Snapshot) -> None:
        """Takes outputs into account, too."""
        self._scale.update(snapshot)
        super().update(snapshot)
        for sample in snapshot.samples:
            for activity in sample.activities:
                self._hear(activity, sample.step, snapshot)

    def judge(self, block: Block) -> None:
        """Follows the share of each layer."""
        shares = block["quiet_unit_share"]
        kernels = {block.targets[i].layer: i for i in block.kernels[::-1]}
        for layer, kernel in kernels.items():
            target = block.targets[kernel]
            columns = [
                i for i in block.variables if block.targets[i].layer == layer
            ]
            share = shares[:, columns].min(axis=1)
            dead = share[-1]
            if dead <= self.share:
                self._found.pop(layer, None)
                continue
            last = int(block.steps[-1])
            old = self._found.get(layer)
            since = block.steps[(share > self.share).argmax()] - _QUIET + 1
            first = old.first_step if old else max(int(since), 1)
            units = round(dead * target.units)
            self._found[layer] = Finding(
                self.name,
                target.name,
                first_step=first,
                last_step=last,
                value=float(dead),
                limit=self.share,
                explanation=(
                    f"{units} of {target.units} units of `{layer}` have had "
                    f"no gradient at all since step {first}."
                ),
                remedies=self._remedies(block.setup, layer, first),
                clause=(
                    f"{units} of {target.units} units of `{layer}` have had "
                    f"no gradient since step {first}"
                ),
            )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The layers that are dead now, unless the model solves its task."""
        if self.progress.solved:
            return ()
        silent = {
            layer: replace(heard[-1], first_step=heard[0].first_step)
            for layer, heard in self._silent.items()
            if len(heard) >= SAMPLES
        }
        return tuple({**silent, **self._found}.values())

    def _hear(self, activity: Activity, step: int, snapshot: Snapshot) -> None:
        share = activity.values["silent_unit_share"]
        if share <= self.share:
            self._silent.pop(activity.layer, None)
            return
        heard = self._silent.setdefault(activity.layer, [])
        begun = heard[0].first_step if heard else step
        finding = Finding(
            self.name,
            target_of(activity.layer, snapshot.targets),
            first_step=step,
            last_step=step,
            value=share,
            limit=self.share,
            explanation=(
                f"{share:.0%} of the units of `{activity.layer}` put out "
                "nothing on any sample or time step."
            ),
            remedies=self._remedies(snapshot.setup, activity.layer, begun),
            clause=f"{share:.0%} of the units of `{activity.layer}` are silent",
        )
        # The first, for when it began, and as many as make it a sign.
        heard[1:] = [*heard[1:], finding][-SAMPLES:] if heard else [finding]

    def _remedies(
        self, setup: Setup, name: str, since: int
    ) -> tuple[Remedy, ...]:
        """Against what killed them.

        Weights and biases that began out of scale; else the activation or
        what comes in; where they lived at first, updates.
        """
        scale = self._scale
        off = scale.too_small(setup) or scale.too_large(setup)
        found = [remedies.initial_weights(*off)] if off else []
        smaller = remedies.learning_rate(setup, 0.1)
        layer = remedies.layer_of(setup, name)
        if layer is None:
            return (*found, smaller)
        behind = remedies.batch_normalization(layer)
        if "relu" in layer.activation:
            return (*found, remedies.leaky_relu(layer), smaller, behind)
        if since - self.progress.first_step >= _QUIET:
            return (*found, smaller, behind)
        if layer.activation in remedies.SATURATING:
            found.append(remedies.scale_inputs())
        return (*found, behind, smaller)
