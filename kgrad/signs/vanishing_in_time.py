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
from kgrad.signs.lost import once_knew_more
from kgrad.signs.through_time import (
    SAMPLES,
    length,
    profiles_of_memory,
    target_of,
)
from kgrad.signs.vanishing import Vanishing

_AS_AT_FIRST = (
    ", as it did at first, or the answer is not in the inputs",
    "A layer that begins so stays so, whatever else keeps a model from "
    "learning. If it guesses with a gradient that reaches all the way, too, "
    "look at inputs and labels; and `lag=` tells the monitor how far back the "
    "answer lies.",
)
"""What the clause ends with, and what is known of the two causes."""


class VanishingInTime(Sign):
    """The horizon of a recurrent layer is short, and the model guesses.

    At initialization healthy LSTM and GRU vanish more than a SimpleRNN, and
    tasks that need no memory are solved with a short horizon; so neither
    the horizon nor the ratio alone is a sign. It is one when the model has
    had its time, has not learned, and in the middle of the second half of
    the run its gradient reached only a part of the sequence. (The middle,
    not the end: a network that guessed for 2,000 steps because its gradient
    vanished may begin to reach back in the last hundred.) Nor is it one in a
    model that had learned more than it has now: see `oscillation`. And a
    kernel that has hardly moved since the start has the horizon of the start:
    what is wrong is that it does not move.

    A horizon that was short from the first step on, as that of every LSTM and
    GRU is, stays so in a model that does not learn for any other reason. Where
    nobody has said how far back the task reaches, both are told.

    Args:
        share: Horizon, as part of the lag that the task needs, 0 to 1, from
            which on the gradient reaches what there is; where the lag is
            not known, as part of the sequence.
        steps: Steps before the sign can be seen.
        length: Shorter sequences do not count: nothing vanishes there.
        moved: Length of all updates of a layer's kernels together, as part of
            their norm, from which on its horizon is one of training.
    """

    name = Vanishing.name
    rule = "vanishing_in_time"
    description = "gradients that shrink on their way back through time"
    needs = frozenset({"update_norm", "weight_norm"})
    rank = Vanishing.rank
    shown_by = ("horizon", "gradient_norm")
    dated_by = Vanishing.dated_by
    follows = Vanishing.follows
    follows_upstream = Vanishing.follows_upstream

    def __init__(
        self,
        *,
        share: float = 0.5,
        steps: int = 300,
        length: int = 10,
        moved: float = 0.1,
    ) -> None:
        require_positive(share=share, steps=steps, length=length, moved=moved)
        self.share, self.steps, self.length = share, steps, length
        self.moved = moved
        self._sampled: dict[tuple[str, str], Downsampled[TimeProfile]] = {}
        self._paths: dict[str, dict[str, float]] = {}

    def update(self, snapshot: Snapshot) -> None:
        """Takes the profiles into account."""
        for block in self.state.blocks:
            for i in block.kernels:
                target = block.targets[i]
                paths = self._paths.setdefault(target.layer, {})
                path = float(block.moved[:, i].sum())
                paths[target.name] = paths.get(target.name, 0.0) + path
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
        if once_knew_more(progress):
            return ()
        found = []
        for (layer, _), samples in self._sampled.items():
            late = sorted(samples[len(samples) // 2 :], key=lambda x: x.horizon)
            middle = late[(len(late) - 1) // 2]
            if (
                len(samples) >= SAMPLES
                and length(middle) >= self.length
                and self._is_short(middle)
                and self._has_moved(layer)
            ):
                found.append(self._finding(layer, samples, middle))
        return tuple(found)

    def _has_moved(self, layer: str) -> bool:
        paths = self._paths.get(layer, {})
        return max(paths.values(), default=math.inf) >= self.moved

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
        named = _remedies(setup, layer, self._needed(middle))
        why = "What lies further back cannot be learned."
        if setup.lag is None and self._is_short(first):
            need, why = _AS_AT_FIRST
            named = (*named[:1], remedies.check_labels(), *named[1:])
        return self.finding(
            target_of(layer, self.state.targets),
            (spell[0].step, spell[-1].step),
            middle.horizon,
            self.share * self._needed(middle),
            f"the gradient reaches only {middle.horizon:.0f} of "
            f"{length(middle)} steps back in "
            f"`{layer.rpartition('/')[2]}`{need}",
            named,
            details=(
                "That is the median of the second half of training, at step "
                f"{middle.step}; it was {first.horizon:.0f} at step "
                f"{first.step} and {last.horizon:.0f} at step {last.step}. "
                f"{_fall(middle)}{why}"
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
