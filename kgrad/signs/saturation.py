"""Units that are stuck at the ends of their activation."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from kgrad import remedies
from kgrad.records import Activity, Finding, Remedy, Setup, Snapshot
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.metric import Progress
from kgrad.signs.through_time import SAMPLES, target_of
from kgrad.signs.weight_scale import WeightScale


class Saturation(Sign):
    """Most units of a layer put out the largest or smallest value they can.

    There a tanh or a sigmoid is flat: the unit passes hardly any gradient
    on. A gate of an LSTM or GRU is there to be open or shut, so gates count
    only if all of a layer's are, nearly always: then none of them can learn.
    The last layer is right to be sure and does not count.

    Args:
        share: Share of a layer's units, 0 to 1, of which more than half of
            the outputs are saturated.
        gates: Share of the outputs, 0 to 1, that are saturated in each of a
            layer's gates. Models of the zoo that learn stay below 0.65.
    """

    name = "saturation"
    description = "units stuck at the ends of a tanh or sigmoid"
    needs = frozenset({"weight_norm"})

    def __init__(self, *, share: float = 0.5, gates: float = 0.75) -> None:
        require_positive(share=share, gates=gates)
        self.share, self.gates = share, gates
        self._progress = Progress()
        self._scale = WeightScale()
        self._trails: dict[str, deque[_Stuck]] = {}
        self._since: dict[str, int] = {}
        self._first_sample = 0
        self._snapshot: Snapshot | None = None

    def update(self, snapshot: Snapshot) -> None:
        """Takes the samples into account."""
        self._progress.update(snapshot)
        self._scale.update(snapshot)
        self._snapshot = snapshot
        for sample in snapshot.samples:
            self._first_sample = self._first_sample or sample.step
            for activity in sample.activities:
                layer = activity.layer
                stuck = self._stuck(sample.step, activity)
                trail = self._trails.setdefault(layer, deque(maxlen=SAMPLES))
                trail.append(stuck)
                if stuck.is_ill:
                    self._since.setdefault(layer, sample.step)
                else:
                    self._since.pop(layer, None)

    def _stuck(self, step: int, activity: Activity) -> _Stuck:
        """The units or the gates, whichever is further beyond its limit."""
        units = activity.values.get("saturated_unit_share", 0.0)
        gates = [
            share
            for name, share in activity.values.items()
            if name.startswith("gate_")
        ]
        return max(
            _Stuck(units, self.share, step, "the units"),
            _Stuck(
                min(gates, default=0.0),
                self.gates,
                step,
                "the outputs of every gate",
            ),
            key=lambda stuck: stuck.share / stuck.limit,
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The layers that are saturated now, unless the model learned."""
        if self._snapshot is None or self._progress.learned:
            return ()
        setup = self._progress.setup
        last = setup.layers[-1].name if setup.layers else ""
        found = []
        for layer, trail in self._trails.items():
            stays = all(stuck.is_ill for stuck in trail)
            if layer == last or len(trail) < SAMPLES or not stays:
                continue
            now, since = trail[-1], self._since[layer]
            what = f"{now.share:.0%} of {now.what} of `{layer}`"
            found.append(
                Finding(
                    self.name,
                    target_of(layer, self._snapshot.targets),
                    first_step=since,
                    last_step=now.step,
                    value=now.share,
                    limit=now.limit,
                    explanation=(
                        f"{what} have been at their largest or smallest value "
                        f"since step {since}: there the slope is near 0."
                    ),
                    remedies=self._remedies(setup, layer),
                    clause=f"{what} have been saturated since step {since}",
                )
            )
        return tuple(found)

    def _remedies(self, setup: Setup, name: str) -> tuple[Remedy, ...]:
        """Against what pushed the units there.

        Weights that began out of scale; else, from the first step on, what
        comes in; later, updates.
        """
        smaller = remedies.learning_rate(setup, 0.1)
        found = [remedies.scale_inputs(), smaller]
        if self._since[name] > self._first_sample:
            found.reverse()
        too_large = self._scale.too_large(setup)
        if too_large:
            found.insert(0, remedies.initial_weights(*too_large))
        layer = remedies.layer_of(setup, name)
        if layer is not None:
            found.append(remedies.batch_normalization(layer))
        return tuple(found)


class _Stuck(NamedTuple):
    """How much of a layer was saturated at a step."""

    share: float
    limit: float
    step: int
    what: str

    @property
    def is_ill(self) -> bool:
        return self.share >= self.limit
