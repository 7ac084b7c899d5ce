"""Units that are stuck at the ends of their activation."""

from __future__ import annotations

from collections import deque

from kgrad.records import Finding, Remedy, Setup, Snapshot
from kgrad.signs import remedies
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.metric import Progress
from kgrad.signs.through_time import SAMPLES, target_of


class Saturation(Sign):
    """Most units of a layer put out the largest or smallest value they can.

    There a tanh or a sigmoid is flat: the unit passes hardly any gradient
    on. Gates of LSTM and GRU are not counted, whose work it is to be open
    or shut, nor is the last layer, which is right to be sure.

    Args:
        share: Share of a layer's units, 0 to 1, of which more than half of
            the outputs are saturated.
    """

    name = "saturation"
    description = "units stuck at the ends of a tanh or sigmoid"

    def __init__(self, *, share: float = 0.5) -> None:
        require_positive(share=share)
        self.share = share
        self._progress = Progress()
        self._trails: dict[str, deque[tuple[int, float]]] = {}
        self._since: dict[str, int] = {}
        self._snapshot: Snapshot | None = None

    def update(self, snapshot: Snapshot) -> None:
        """Takes the samples into account."""
        self._progress.update(snapshot)
        self._snapshot = snapshot
        for sample in snapshot.samples:
            for activity in sample.activities:
                share = activity.values.get("saturated_unit_share", 0.0)
                layer = activity.layer
                trail = self._trails.setdefault(layer, deque(maxlen=SAMPLES))
                trail.append((sample.step, share))
                if share < self.share:
                    self._since.pop(layer, None)
                else:
                    self._since.setdefault(layer, sample.step)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The layers that are saturated now, unless the model learned."""
        if self._snapshot is None or self._progress.learned:
            return ()
        setup = self._progress.setup
        last = setup.layers[-1].name if setup.layers else ""
        found = []
        for layer, trail in self._trails.items():
            stays = all(share >= self.share for _, share in trail)
            if layer == last or len(trail) < SAMPLES or not stays:
                continue
            step, share = trail[-1]
            found.append(
                Finding(
                    self.name,
                    target_of(layer, self._snapshot.targets),
                    first_step=self._since[layer],
                    last_step=step,
                    value=share,
                    limit=self.share,
                    explanation=(
                        f"{share:.0%} of the units of `{layer}` have put out "
                        "their largest or smallest value since step "
                        f"{self._since[layer]}: there the slope is near 0."
                    ),
                    remedies=_remedies(setup, layer),
                    clause=(
                        f"{share:.0%} of the units of `{layer}` have been "
                        f"saturated since step {self._since[layer]}"
                    ),
                )
            )
        return tuple(found)


def _remedies(setup: Setup, name: str) -> tuple[Remedy, ...]:
    found = [remedies.scale_inputs(), remedies.learning_rate(setup, 0.1)]
    layer = remedies.layer_of(setup, name)
    if layer is not None:
        found.append(remedies.batch_normalization(layer))
    return tuple(found)
