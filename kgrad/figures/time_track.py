"""The gradient through time of one state of one layer, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kgrad.figures.downsample import Mask, buckets
from kgrad.records import Array, Steps, TimeProfile
from kgrad.report.labels import layer_labels
from kgrad.signs.through_time import by_state
from kgrad.storage.history import RunHistory

NOTHING = (
    "No gradient through time has been recorded: no recurrent layer is "
    "watched, `time_every` is None, or no step has been sampled yet."
)
HORIZON = (
    "Horizon: how many time steps back from the last one the gradient stays "
    "above 1 % of its largest."
)
NO_MEMORY = (
    "The loss reads every time step here, so gradient arrives at all of them: "
    "the picture does not show memory, and there is no horizon."
)
"""What a figure says of a layer whose profiles do not measure memory."""

SAMPLES = 250
"""Columns of a map at most: it is one of several on a page."""

_TIMES = 128


class Grid(NamedTuple):
    """A map of training steps and steps back, the first of each bucket.

    `(rows, columns)` are the largest finite norm, NaN without one, and whether
    a norm was NaN or infinite.
    """

    steps: Steps
    back: Steps
    norm: Array
    broken: Mask


@dataclass(frozen=True)
class Track:
    """The profiles of one state of one layer over training, at least one.

    `norm` is `(samples, T)`, by how many steps back: the first column is the
    step that the layer read last, of those that have a gradient. So what is
    masked at the end does not count, as it does not for the horizon. NaN
    before the start of shorter sequences.
    """

    layer: str
    state: str
    label: str
    of_memory: bool
    norm: Array
    steps: Steps
    profiles: tuple[TimeProfile, ...]

    @cached_property
    def stride(self) -> int:
        """Time steps that one column of `norm` stands for."""
        return max(profile.stride for profile in self.profiles)

    @property
    def length(self) -> int:
        """T, in time steps."""
        return int(self.norm.shape[1]) * self.stride

    @cached_property
    def back(self) -> Steps:
        """`(T,)`: how many steps back each column lies, from 0."""
        return np.arange(self.norm.shape[1]) * self.stride

    @property
    def axis(self) -> str:
        """Title of an axis of steps back."""
        if self.backwards:
            return "steps back (0: first time step, which is read last)"
        return "steps back (0: last time step with a gradient)"

    @property
    def span(self) -> tuple[float, float]:
        """What an axis shows of the steps back, the earliest first."""
        return self.length - self.stride / 2, -self.stride / 2

    @property
    def backwards(self) -> bool:
        """Whether the layer reads the sequence from its end."""
        return self.profiles[-1].backwards

    @cached_property
    def horizons(self) -> Array:
        """`(samples,)`: in time steps; NaN where a norm is not finite."""
        return np.array([p.horizon for p in self.profiles], np.float64)

    def grid(self, samples: int) -> Grid:
        """The norms as a map of limited size, every extreme kept."""
        width = self.norm.shape[1]
        # Before a sequence begins there is nothing to know.
        reach = np.array([len(steps_back(p)) for p in self.profiles])
        known = np.arange(width) < reach[:, np.newaxis]
        taken = buckets(self.steps, self.norm, known, samples)
        starts = np.arange(0, width, -(-width // _TIMES))
        return Grid(
            taken.steps,
            self.back[starts],
            np.fmax.reduceat(taken.largest, starts, axis=1).T,
            np.logical_or.reduceat(taken.broken, starts, axis=1).T,
        )


def steps_back(profile: TimeProfile) -> Array:
    """The norms from the last step that has a gradient back to the first."""
    norm = profile.norm if profile.backwards else profile.norm[::-1]
    reached = np.flatnonzero(norm)
    return norm[reached[0] :] if len(reached) else norm


def track(history: RunHistory, layer: str | None, state: str) -> Track | None:
    """The profiles of a layer's state, None if there are none at all.

    The layer is its path, or the last part of it; None is the first layer. A
    `KeyError` says which there are, if not this one.
    """
    found = tracks(history)
    if not found:
        return None
    layer = found[0].layer if layer is None else layer
    whole = [one for one in found if one.layer == layer]
    for one in whole or found:
        if (
            layer in (one.layer, one.layer.rpartition("/")[2])
            and one.state == state
        ):
            return one
    names = [(one.layer, one.state) for one in found]
    raise KeyError(
        "`layer` and `state` must be a recurrent layer and one of its "
        f"states, among {names}. "
        f"Received: layer={layer!r}, state={state!r}"
    )


def tracks(history: RunHistory) -> list[Track]:
    """All states of all recurrent layers, in the order of the samples."""
    samples = history.samples
    names = layer_labels(history.target_records, samples)
    result = []
    for (layer, state), found in by_state(samples).items():
        profiles = [p for p, _ in found if len(p.norm)]
        if profiles:
            width = max(len(profile.norm) for profile in profiles)
            norm = np.full((len(profiles), width), np.nan)
            for row, profile in zip(norm, profiles, strict=True):
                seen = steps_back(profile)
                row[: len(seen)] = seen
            result.append(
                Track(
                    layer,
                    state,
                    names[layer],
                    of_memory=found[-1][1],
                    norm=norm,
                    steps=np.array([p.step for p in profiles], np.int64),
                    profiles=tuple(profiles),
                )
            )
    return result
