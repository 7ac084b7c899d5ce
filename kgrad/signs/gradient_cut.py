"""Where a gradient ends at once: layers that none has ever reached."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kgrad.records import Sample, Setup, Snapshot, Target
from kgrad.signs.blocks import LENGTH, Block

_BLOCKS = 2
"""Blocks of 32 steps without any gradient: a kernel that begins as zeros keeps
one from what is before it in the first step only."""

_DEAD = 0.5
"""Share of units without output or slope, from which they may be the reason."""

_FADED = 1e-6
"""A gradient that is so small behind a layer has faded, and was not cut."""


class Cut(NamedTuple):
    """Layers that get no gradient, and the first that does.

    Args:
        layers: Those before the cut, from the input on.
        behind: The first layer behind it.
        between: Layers without weights on the way.
        steps: How many steps were looked at, 0 if there is no way at all.
    """

    layers: tuple[str, ...]
    behind: str
    between: tuple[str, ...]
    steps: int


class GradientCut:
    """Follows which variables ever got a gradient, and which units are dead."""

    def __init__(self) -> None:
        self._largest: dict[str, float] = {}
        self._targets: tuple[Target, ...] = ()
        self._dead: set[str] = set()
        self._alive: set[str] = set()
        self._steps_in_time: dict[str, int] = {}
        self._one_step = False
        self._setup = Setup()
        self.steps = 0

    def update(self, snapshot: Snapshot, blocks: Sequence[Block]) -> None:
        """Takes the next steps of the run into account."""
        self._setup = snapshot.setup
        for sample in snapshot.samples:
            self._look(sample)
        if "gradient_norm" not in {m.name for m in snapshot.measures}:
            return
        for block in blocks:
            # Windows of one training share their targets.
            same = block.targets is self._targets
            if not same and block.targets != self._targets:
                self._largest, self.steps = {}, 0
            self._targets = block.targets
            self.steps += LENGTH
            # NaN is no 0.
            largest = np.nan_to_num(
                np.abs(block["gradient_norm"]), nan=math.inf
            ).max(axis=0)
            for i in block.variables:
                name = block.targets[i].name
                self._largest[name] = max(
                    self._largest.get(name, 0.0), float(largest[i])
                )

    def _look(self, sample: Sample) -> None:
        for activity in sample.activities:
            values = activity.values
            shares = ("silent_unit_share", "saturated_unit_share")
            share = max(values.get(name, 0.0) for name in shares)
            (self._dead if share >= _DEAD else self._alive).add(activity.layer)
        for profile in sample.profiles:
            count = len(profile.norm) * profile.stride
            self._steps_in_time[profile.layer] = count
        inputs = sample.data.of("input") if sample.data else ()
        self._one_step |= any(x.longest == 1 for x in inputs)

    @property
    def cut(self) -> Cut | None:
        """The layers nearest the input that no gradient reaches, if any.

        None where units in between are dead or saturated, which is another
        sign, or may be, and where the gradient has faded on its way.
        """
        reached = self._reached()
        unreached = set(self._setup.without_gradient) - reached.keys()
        enough = self.steps >= _BLOCKS * LENGTH
        order = [x.name for x in self._setup.layers]
        weighty = [x for x in order if x in reached or x in unreached]
        before = []
        for layer in weighty:
            if layer in unreached or (enough and reached[layer] == 0):
                before.append(layer)
            else:
                break
        rest = weighty[len(before) :]
        if not before or not rest:
            return None
        first, last = order.index(before[-1]), order.index(rest[0])
        between = order[first + 1 : last]
        missing = before[-1] in unreached
        if not missing:
            behind = reached[rest[0]]
            faded = behind < _FADED * max(reached.values())
            on_the_way = self._setup.layers[first:last]
            alive = all(
                layer.name not in self._dead
                and (
                    layer.activation in ("", "linear")
                    or layer.name in self._alive
                )
                for layer in on_the_way
            )
            if faded or not alive or not math.isfinite(behind):
                return None
        steps = 0 if missing else self.steps
        return Cut(tuple(before), rest[0], tuple(between), steps)

    def _reached(self) -> dict[str, float]:
        """The largest gradient of each layer that is trained."""
        found: dict[str, float] = {}
        for target in self._targets:
            if target.name in self._largest:
                largest = self._largest[target.name]
                found[target.layer] = max(found.get(target.layer, 0.0), largest)
        return found

    @property
    def first_step_only(self) -> tuple[str, int] | None:
        """The recurrent layer whose past the loss never reads, and its steps.

        Its kernel gets a gradient, its recurrent kernel none: as if each
        sequence had one step. None where one has, or where other recurrent
        layers do read theirs.
        """
        recurrent = [t for t in self._targets if t.role == "recurrent_kernel"]
        recurrent = [t for t in recurrent if not t.gate]
        if (
            self.steps < _BLOCKS * LENGTH
            or not recurrent
            or self._one_step
            or any(self._largest.get(t.name, 1.0) for t in recurrent)
        ):
            return None
        layer, reached = recurrent[0].layer, self._reached()
        count = self._steps_in_time.get(layer, 0)
        alive = 0 < reached[layer] < math.inf and layer not in self._dead
        return (layer, count) if alive and count > 1 else None
