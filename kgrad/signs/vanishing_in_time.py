"""Gradients that do not reach back to what the network should remember."""

from __future__ import annotations

import math

from kgrad.records import Finding, Remedy, Setup, Snapshot
from kgrad.samples import TimeProfile
from kgrad.signs import remedies
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.metric import Progress
from kgrad.signs.through_time import ProfileTrail, target_of


class VanishingInTime(Sign):
    """The horizon of a recurrent layer is short, and the model guesses.

    At initialisation healthy LSTM and GRU vanish more than a SimpleRNN, and
    tasks that need no memory are solved with a short horizon; so neither
    the horizon nor the ratio alone is a sign. It is one when the model has
    had its time, has not learned, and its gradient still reaches only a
    part of the sequence.

    Args:
        reach: Horizon, as part of the lag that the task needs, 0 to 1, from
            which on the gradient reaches what there is; where the lag is
            not known, as part of the sequence.
        steps: It takes so many steps to judge.
        length: Shorter sequences are not judged: nothing vanishes there.
    """

    name = "vanishing"
    description = "gradients that shrink on their way back through time"

    def __init__(
        self, *, reach: float = 0.5, steps: int = 300, length: int = 10
    ) -> None:
        require_positive(reach=reach, steps=steps, length=length)
        self.reach, self.steps, self.length = reach, steps, length
        self._progress = Progress()
        self._trail = ProfileTrail()
        self._snapshot: Snapshot | None = None
        self._since: dict[tuple[str, str], int] = {}

    def update(self, snapshot: Snapshot) -> None:
        """Takes metric and profiles into account."""
        self._progress.update(snapshot)
        self._snapshot = snapshot
        for profile in self._trail.update(snapshot):
            key = profile.layer, profile.state
            if self._reaches(profile):
                self._since.pop(key, None)
            else:
                self._since.setdefault(key, profile.step)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One per recurrent layer, while the model has not learned."""
        progress = self._progress
        made = progress.last_step - progress.first_step + 1
        guesses = not math.isnan(progress.gain) and not progress.learned
        if self._snapshot is None or made < self.steps or not guesses:
            return ()
        found = []
        for first, trail in self._trail.trails():
            last = sorted(trail, key=lambda profile: profile.horizon)[1]
            whole = len(last.norm) * last.stride
            since = self._since.get((last.layer, last.state), trail[-1].step)
            if whole < self.length or self._reaches(last):
                continue
            layer = last.layer.rpartition("/")[2]
            found.append(
                Finding(
                    self.name,
                    target_of(last.layer, self._snapshot.targets),
                    first_step=since,
                    last_step=trail[-1].step,
                    value=float(last.horizon),
                    limit=self.reach * self._needed(last),
                    explanation=(
                        f"The gradient reaches {last.horizon} of {whole} "
                        f"steps back in `{layer}`; at step {first.step} it "
                        f"reached {first.horizon}. {self._need}It falls by "
                        f"{last.decay:.2g} decades per step, and what lies "
                        "further back cannot be learned."
                    ),
                    remedies=_remedies(progress.setup, last.layer),
                )
            )
        return tuple(found)

    def _reaches(self, profile: TimeProfile) -> bool:
        return profile.horizon >= self.reach * self._needed(profile)

    def _needed(self, profile: TimeProfile) -> int:
        return self._progress.setup.lag or len(profile.norm) * profile.stride

    @property
    def _need(self) -> str:
        lag = self._progress.setup.lag
        return f"The task needs {lag}. " if lag else ""


def _remedies(setup: Setup, name: str) -> tuple[Remedy, ...]:
    layer = remedies.layer_of(setup, name)
    if layer is None or layer.class_name not in ("SimpleRNN", "LSTM", "GRU"):
        return (remedies.shorter_sequences(),)
    if layer.class_name == "SimpleRNN":
        return (remedies.gated_cell(layer), remedies.identity_relu(layer))
    return (remedies.open_gate(layer), remedies.shorter_sequences())
