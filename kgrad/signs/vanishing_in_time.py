"""Gradients that do not reach back to what the network should remember."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from kgrad import remedies
from kgrad.records import Finding, Remedy, Setup, Snapshot
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.metric import Progress
from kgrad.signs.thinned import Downsampled
from kgrad.signs.through_time import SAMPLES, profiles_of_memory, target_of


class _Reach(NamedTuple):
    """What is kept of a profile."""

    step: int
    horizon: int
    length: int
    decay: float


class VanishingInTime(Sign):
    """The horizon of a recurrent layer is short, and the model guesses.

    At initialisation healthy LSTM and GRU vanish more than a SimpleRNN, and
    tasks that need no memory are solved with a short horizon; so neither
    the horizon nor the ratio alone is a sign. It is one when the model has
    had its time, has not learned, and in the middle of the second half of
    the run its gradient reached only a part of the sequence. (The middle,
    not the end: a network that guessed for 2,000 steps because its gradient
    vanished may begin to reach back in the last hundred.)

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
        self._snapshot: Snapshot | None = None
        self._trails: dict[tuple[str, str], Downsampled[_Reach]] = {}

    def update(self, snapshot: Snapshot) -> None:
        """Takes metric and profiles into account."""
        self._progress.update(snapshot)
        self._snapshot = snapshot
        for profile in profiles_of_memory(snapshot):
            if math.isnan(profile.horizon):
                continue
            length = len(profile.norm) * profile.stride
            trail = self._trails.setdefault(
                (profile.layer, profile.state), Downsampled()
            )
            trail.append(
                _Reach(
                    profile.step, int(profile.horizon), length, profile.decay
                )
            )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One per recurrent layer, while the model has not learned."""
        progress = self._progress
        made = progress.last_step - progress.first_step + 1
        guesses = not math.isnan(progress.gain) and not progress.learned
        if self._snapshot is None or made < self.steps or not guesses:
            return ()
        found = []
        for (layer, _), trail in self._trails.items():
            recent = sorted(trail[len(trail) // 2 :], key=lambda x: x.horizon)
            middle = recent[(len(recent) - 1) // 2]
            if (
                len(trail) >= SAMPLES
                and middle.length >= self.length
                and self._is_short(middle)
            ):
                found.append(self._finding(layer, trail, middle))
        return tuple(found)

    def _finding(
        self, layer: str, trail: Sequence[_Reach], middle: _Reach
    ) -> Finding:
        assert self._snapshot is not None
        setup = self._progress.setup
        spell = self._longest_spell(trail)
        need = f"The task needs {setup.lag}. " if setup.lag else ""
        of_need = f" and the task needs {setup.lag}" if setup.lag else ""
        return Finding(
            self.name,
            target_of(layer, self._snapshot.targets),
            first_step=spell[0].step,
            last_step=spell[-1].step,
            value=float(middle.horizon),
            limit=self.reach * self._needed(middle),
            explanation=(
                f"The gradient reaches {middle.horizon} of {middle.length} "
                f"steps back in `{layer.rpartition('/')[2]}` (step "
                f"{middle.step}, the middle of late training); at step "
                f"{trail[0].step} it reached {trail[0].horizon}, at step "
                f"{trail[-1].step} {trail[-1].horizon}. {need}It falls by "
                f"{middle.decay:.2g} decades per step, and what lies further "
                "back cannot be learned."
            ),
            remedies=_remedies(setup, layer),
            clause=(
                f"the gradient reaches only {middle.horizon} of "
                f"{middle.length} steps back in "
                f"`{layer.rpartition('/')[2]}`{of_need}"
            ),
        )

    def _longest_spell(self, trail: Sequence[_Reach]) -> Sequence[_Reach]:
        """The longest row of samples with a short horizon, the later of two."""
        spells = [
            list(spell)
            for short, spell in groupby(trail, self._is_short)
            if short
        ]
        return max(reversed(spells), key=len)

    def _is_short(self, reach: _Reach) -> bool:
        return reach.horizon < self.reach * self._needed(reach)

    def _needed(self, reach: _Reach) -> int:
        return self._progress.setup.lag or reach.length


def _remedies(setup: Setup, name: str) -> tuple[Remedy, ...]:
    layer = remedies.layer_of(setup, name)
    if layer is None or layer.class_name not in ("SimpleRNN", "LSTM", "GRU"):
        return (remedies.shorter_sequences(),)
    if layer.class_name == "SimpleRNN":
        return (
            remedies.gated_cell(layer),
            remedies.identity_relu(setup, layer),
            remedies.recurrent_batchnorm(layer),
        )
    return (
        remedies.open_gate(layer),
        remedies.recurrent_batchnorm(layer),
        remedies.shorter_sequences(),
    )
