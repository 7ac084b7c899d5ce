"""Units that are stuck at the ends of their activation."""

from __future__ import annotations

from typing import NamedTuple

from kgrad import remedies
from kgrad.records import Activity, Finding, Remedy, Setup, Snapshot
from kgrad.signs.base import DATA, Sign, require_positive
from kgrad.signs.metric import GUESSING
from kgrad.signs.through_time import SAMPLES, target_of


class Saturation(Sign):
    """Most units of a layer output the largest or smallest value they can.

    There a tanh or a sigmoid is flat: the unit passes hardly any gradient
    on. A gate of an LSTM or GRU is there to be open or shut, so gates count
    only if all of a layer's are, nearly always: then none of them can learn.
    The last layer may well be sure of itself and does not count. Nor does a
    model that has learned half of the way, or a tenth where nobody knows what
    guessing gives.

    Args:
        share: Share of a layer's units, 0 to 1, of which more than half of
            the outputs are saturated.
        gates: Share of the outputs, 0 to 1, that are saturated in each of a
            layer's gates. Models of the zoo that learn stay below 0.65.
    """

    name = "saturation"
    description = "units stuck at the ends of a tanh or sigmoid"
    needs = frozenset({"weight_norm"})
    rank = 60
    shown_by = ("saturated_unit_share",)
    # Thrown weights push units to where they have no slope.
    follows = (*DATA, "exploding", "large_updates", "saturation")

    def __init__(self, *, share: float = 0.5, gates: float = 0.75) -> None:
        require_positive(share=share, gates=gates)
        self.share, self.gates = share, gates
        self._stuck: dict[str, _Stuck] = {}
        self._first_sample = 0

    def update(self, snapshot: Snapshot) -> None:
        """Takes the samples into account."""
        for sample in snapshot.samples:
            self._first_sample = self._first_sample or sample.step
            for activity in sample.activities:
                stuck = self._look(activity, sample.step)
                if stuck.share < stuck.limit:
                    self._stuck.pop(activity.layer, None)
                    continue
                old = self._stuck.get(activity.layer)
                if old is not None:
                    stuck = stuck._replace(
                        first=old.first, samples=old.samples + 1
                    )
                self._stuck[activity.layer] = stuck

    def _look(self, activity: Activity, step: int) -> _Stuck:
        """The units or the gates, whichever is further beyond its limit."""
        units = activity.values.get("saturated_unit_share", 0.0)
        gates = [
            share
            for name, share in activity.values.items()
            if name.startswith("gate_")
        ]
        every = "the outputs of every gate"
        return max(
            _Stuck("the units", units, self.share, step, step),
            _Stuck(every, min(gates, default=0.0), self.gates, step, step),
            key=lambda stuck: stuck.share / stuck.limit,
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The layers that are saturated now, unless the model learned."""
        progress = self.state.progress
        if progress.learned or self._learns_something():
            return ()
        layers = progress.setup.layers
        last = layers[-1].name if layers else ""
        return tuple(
            self.finding(
                target_of(layer, self.state.targets),
                (stuck.first, stuck.last),
                stuck.share,
                stuck.limit,
                f"{stuck.share:.0%} of {stuck.what} of `{layer}` have been "
                f"saturated since step {stuck.first}",
                self._remedies(progress.setup, layer, stuck.first),
                details=(
                    "They are stuck at the largest or smallest value that "
                    "they can take, where the slope is near 0."
                ),
            )
            for layer, stuck in self._stuck.items()
            if layer != last and stuck.samples >= SAMPLES
        )

    def _learns_something(self) -> bool:
        """Whether the metric has left its start, where chance is not known."""
        progress = self.state.progress
        unknown = not progress.chance_is_known(progress.metric)
        return unknown and progress.gain >= GUESSING

    def _remedies(
        self, setup: Setup, name: str, since: int
    ) -> tuple[Remedy, ...]:
        """Against what pushed the units there.

        Weights that began out of scale; otherwise the updates, or the inputs:
        these alone, if they were stuck in the first sample.
        """
        found = [remedies.scale_inputs()]
        if since > self._first_sample:
            found.insert(0, remedies.learning_rate(setup, 0.1))
        too_large = self.state.weight_scale.too_large(setup)
        if too_large:
            found.insert(0, remedies.initial_weights(*too_large))
        layer = remedies.layer_of(setup, name)
        if layer is not None:
            found.append(remedies.batch_normalization(layer))
        return tuple(found)


class _Stuck(NamedTuple):
    """How much of a layer is saturated, and since when."""

    what: str
    share: float
    limit: float
    first: int
    last: int
    samples: int = 1
