"""Gradients that do not reach back to what the network should remember."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from kgrad import remedies
from kgrad.records import Finding, Remedy, Setup, Snapshot, TimeProfile
from kgrad.records.numbers import number
from kgrad.signs.base import Sign, require_positive
from kgrad.signs.downsampled import Downsampled
from kgrad.signs.through_time import (
    SAMPLES,
    length,
    profiles_of_memory,
    target_of,
)
from kgrad.signs.vanishing import Vanishing


class VanishingInTime(Sign):
    """The horizon of a recurrent layer is short, and the model guesses.

    At initialization healthy LSTM and GRU vanish more than a SimpleRNN, and
    tasks that need no memory are solved with a short horizon; so neither
    the horizon nor the ratio alone is a sign. It is one when the model has
    had its time, has not learned, and in the middle of the second half of
    the run its gradient reached only a part of the sequence. (The middle,
    not the end: a network that guessed for 2,000 steps because its gradient
    vanished may begin to reach back in the last hundred.)

    Args:
        share: Horizon, as part of the lag that the task needs, 0 to 1, from
            which on the gradient reaches what there is; where the lag is
            not known, as part of the sequence.
        steps: Steps before the sign can be seen.
        length: Shorter sequences do not count: nothing vanishes there.
    """

    name = Vanishing.name
    rule = "vanishing_in_time"
    description = "gradients that shrink on their way back through time"
    rank = Vanishing.rank
    shown_by = ("horizon", "gradient_norm")
    dated_by = Vanishing.dated_by
    follows = Vanishing.follows
    follows_upstream = Vanishing.follows_upstream

    def __init__(
        self, *, share: float = 0.5, steps: int = 300, length: int = 10
    ) -> None:
        require_positive(share=share, steps=steps, length=length)
        self.share, self.steps, self.length = share, steps, length
        self._sampled: dict[tuple[str, str], Downsampled[TimeProfile]] = {}

    def update(self, snapshot: Snapshot) -> None:
        """Takes the profiles into account."""
        for profile in profiles_of_memory(snapshot):
            key = profile.layer, profile.state
            self._sampled.setdefault(key, Downsampled()).append(profile)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One per recurrent layer, while the model has not learned."""
        progress = self.state.progress
        guesses = not math.isnan(progress.gain) and not progress.learned
        if progress.steps < self.steps or not guesses:
            return ()
        found = []
        for (layer, _), samples in self._sampled.items():
            late = sorted(samples[len(samples) // 2 :], key=lambda x: x.horizon)
            middle = late[(len(late) - 1) // 2]
            if (
                len(samples) >= SAMPLES
                and length(middle) >= self.length
                and self._is_short(middle)
            ):
                found.append(self._finding(layer, samples, middle))
        return tuple(found)

    def _finding(
        self, layer: str, samples: Sequence[TimeProfile], middle: TimeProfile
    ) -> Finding:
        setup = self.state.progress.setup
        in_a_row = groupby(samples, self._is_short)
        spells = [list(spell) for short, spell in in_a_row if short]
        # The longest, the later of two.
        spell = max(reversed(spells), key=len)
        first, last = samples[0], samples[-1]
        need = f", but the task needs {setup.lag}" if setup.lag else ""
        return self.finding(
            target_of(layer, self.state.targets),
            (spell[0].step, spell[-1].step),
            middle.horizon,
            self.share * self._needed(middle),
            f"the gradient reaches only {middle.horizon:.0f} of "
            f"{length(middle)} steps back in "
            f"`{layer.rpartition('/')[2]}`{need}",
            _remedies(setup, layer, self._needed(middle)),
            details=(
                "That is the median of the second half of training, at step "
                f"{middle.step}; it was {first.horizon:.0f} at step "
                f"{first.step} and {last.horizon:.0f} at step {last.step}. "
                f"{_fall(middle)}What lies further back cannot be learned."
            ),
        )

    def _is_short(self, profile: TimeProfile) -> bool:
        return profile.horizon < self.share * self._needed(profile)

    def _needed(self, profile: TimeProfile) -> int:
        return self.state.progress.setup.lag or length(profile)


def _fall(profile: TimeProfile) -> str:
    """How fast it falls, if it falls over more than a step."""
    if math.isnan(profile.decay):
        return ""
    return (
        f"The gradient falls by {number(profile.decay, 2)} decades per step. "
    )


def _remedies(setup: Setup, name: str, steps: int) -> tuple[Remedy, ...]:
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
        remedies.open_gate(layer, steps),
        remedies.recurrent_batchnorm(layer),
        remedies.shorter_sequences(),
    )
