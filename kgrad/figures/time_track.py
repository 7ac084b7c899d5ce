"""The gradient through time of one state of one layer, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kgrad.figures.downsample import Mask, buckets
from kgrad.records import Array, Steps, TimeProfile
from kgrad.report.labels import layer_labels
from kgrad.report.profiles import by_state
from kgrad.storage.history import RunHistory

NOTHING = (
    "No gradient through time has been recorded: no recurrent layer is "
    "watched, `time_every` is None, or no step has been sampled yet."
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
    """A map of training steps and time steps.

    Args:
        steps: `(columns,)`: the optimizer step, the first of each bucket.
        times: `(rows,)`: the time step, likewise.
        norm: `(rows, columns)`: the largest finite norm, NaN without one.
        broken: `(rows, columns)`: whether a norm was NaN or infinite.
    """

    steps: Steps
    times: Steps
    norm: Array
    broken: Mask


@dataclass(frozen=True)
class Track:
    """The profiles of one state of one layer over training.

    Args:
        layer: Path of the layer.
        state: `"h"`, or `"c"` of an LSTM.
        label: Short name of the layer; plain text.
        profiles: One per sample, at least one.
        norm: `(samples, T)`; of shorter sequences NaN before their start.
        of_memory: Whether the profiles measure memory.
    """

    layer: str
    state: str
    label: str
    profiles: tuple[TimeProfile, ...]
    norm: Array
    of_memory: bool

    @cached_property
    def steps(self) -> Steps:
        """`(samples,)`: the optimizer steps."""
        return np.array([p.step for p in self.profiles], np.int64)

    @cached_property
    def stride(self) -> int:
        """Time steps that one column of `norm` stands for."""
        return max(profile.stride for profile in self.profiles)

    @property
    def length(self) -> int:
        """T, in time steps."""
        return int(self.norm.shape[1]) * self.stride

    @cached_property
    def times(self) -> Steps:
        """`(T,)`: the time steps, counted from 0."""
        return np.arange(self.norm.shape[1]) * self.stride

    @property
    def backwards(self) -> bool:
        """Whether the layer reads the sequence from its end."""
        return self.profiles[-1].backwards

    @cached_property
    def horizons(self) -> Array:
        """`(samples,)`: in time steps; NaN where a norm is not finite."""
        return np.array([p.horizon for p in self.profiles], np.float64)

    @cached_property
    def edges(self) -> Array:
        """`(samples,)`: the time step at which the horizon lies.

        Counted, as the horizon is, from the last step that has a gradient.
        """
        found = np.full(len(self.profiles), np.nan)
        for i, (row, horizon) in enumerate(
            zip(self.norm, self.horizons, strict=True)
        ):
            reached = np.flatnonzero(np.nan_to_num(row))
            if np.isnan(horizon) or not len(reached):
                continue
            if self.backwards:
                found[i] = reached[0] * self.stride + horizon
            else:
                found[i] = reached[-1] * self.stride - horizon
        return found

    def needed(self, lag: int) -> int:
        """The time step that lies as many steps back as the task needs."""
        return lag if self.backwards else self.length - self.stride - lag

    def grid(self, samples: int = SAMPLES) -> Grid:
        """The norms as a map of limited size, every extreme kept."""
        # Shorter sequences begin later: before, there is nothing to know.
        began = np.array([len(p.norm) for p in self.profiles])[:, np.newaxis]
        width = self.norm.shape[1]
        known = np.arange(width) >= width - began
        taken = buckets(self.steps, self.norm, known, samples)
        starts = np.arange(0, width, -(-width // _TIMES))
        return Grid(
            taken.steps,
            self.times[starts],
            np.fmax.reduceat(taken.largest, starts, axis=1).T,
            np.logical_or.reduceat(taken.broken, starts, axis=1).T,
        )


def track(history: RunHistory, layer: str | None, state: str) -> Track | None:
    """The profiles of a layer's state, None if there are none at all.

    Args:
        history: The run.
        layer: Its path, or the last part of it; None is the first layer.
        state: `"h"`, or `"c"` of an LSTM.

    Raises:
        KeyError: If there are profiles, but not of this layer and state.
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
        profiles = tuple(p for p, _ in found if len(p.norm))
        if not profiles:
            continue
        norm = np.full(
            (len(profiles), max(len(p.norm) for p in profiles)), np.nan
        )
        for row, profile in zip(norm, profiles, strict=True):
            row[len(row) - len(profile.norm) :] = profile.norm
        of_memory = found[-1][1]
        result.append(
            Track(layer, state, names[layer], profiles, norm, of_memory)
        )
    return result
