"""What a closer look at a step gives: through time, and at the units."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from kgrad.records.arrays import Array, Steps
from kgrad.records.data import DataSummary
from kgrad.records.histograms import Histogram


@dataclass(frozen=True, eq=False)
class TimeProfile:
    """How the gradient of one step falls on its way back through time.

    Args:
        layer: Path of the recurrent layer.
        state: `"h"`, or `"c"` of an LSTM.
        norm: `(T,)`, float64: the L2 norm, over batch and units, of the
            gradient of the loss by the state after step t. 0 where every
            sample is masked.
        step: The optimizer step it was measured in, 0 outside training.
        stride: Time steps that one entry of `norm` stands for; more than
            one for sequences of more than 512 steps.
        fresh: Whether the loss reads the output of earlier steps, too, so
            that gradient arrives all along: then the profile does not
            measure memory, and `lags` does.
        backwards: Whether the layer reads the sequence from its end.
        calls: How often the layer is called in a step; the norms are those
            of all calls together, aligned at their last step.
        samples: `(batch, T)`: the norm of each sample, where asked for.
        lags: `(T, T)`: ||dL_s/dh_t|| of the loss at step s alone, where
            asked for.
    """

    layer: str
    state: str
    norm: Array
    step: int = 0
    stride: int = 1
    fresh: bool = False
    backwards: bool = False
    calls: int = 1
    samples: Array | None = None
    lags: Array | None = None

    @cached_property
    def horizon(self) -> float:
        """How many steps back the gradient still counts, a whole number.

        From the last step that has a gradient back to the earliest step for
        which it has stayed above 1 % of its largest: with m = argmax norm,
        max {k : norm[s] >= 0.01 norm[m] for all s from T-1-k to m}.
        0 if there is no gradient, NaN if one of the norms is not finite.
        Healthy: not shorter than what the task has to remember.
        """
        norm = self._reached
        if not len(norm):
            return 0.0 if np.isfinite(self.norm).all() else math.nan
        largest = norm.argmax()
        (low,) = (norm[:largest] < 0.01 * norm[largest]).nonzero()
        first = int(low[-1]) + 1 if len(low) else 0
        return float((len(norm) - 1 - first) * self.stride)

    @cached_property
    def decay(self) -> float:
        """Decades by which the gradient falls per step back in time.

        The Theil-Sen slope of log10 norm over t: the median of the slopes
        between all pairs of steps, of long profiles of every k-th step.
        Negative if it grows on its way back; NaN with less than two steps.
        Healthy: near 0.

        References:
            Sen: Estimates of the regression coefficient based on Kendall's
            tau, 1968, doi:10.1080/01621459.1968.10480934.
        """
        norm = self._reached
        t = np.flatnonzero(norm)
        if len(t) < 2:
            return math.nan
        t = t[:: max(len(t) // _SLOPE_STEPS, 1)]
        log = np.log10(norm[t])
        i, j = _pairs(len(t))
        slopes = (log[j] - log[i]) / (t[j] - t[i])
        return _median(slopes) / self.stride

    @property
    def ratio(self) -> float:
        """The gradient at the first step over that at the last: 1 is healthy.

        The first and the last step that have a gradient: others are masked.
        NaN if none has.
        """
        norm = self._reached
        return float(norm[0] / norm[-1]) if len(norm) else math.nan

    @property
    def growth(self) -> float:
        """The largest gradient over that at the last step: 1 is healthy.

        Much more than 1 is a gradient that explodes on its way back.
        """
        norm = self._reached
        return float(norm.max() / norm[-1]) if len(norm) else math.nan

    @cached_property
    def _reached(self) -> Array:
        """The norms, as read, from the first to the last that is not 0."""
        norm = self.norm[::-1] if self.backwards else self.norm
        (positive,) = norm.nonzero()
        if not len(positive) or not np.isfinite(norm).all():
            return _NOTHING
        return norm[positive[0] : positive[-1] + 1]


def _median(values: Array) -> float:
    """That of finite numbers: `np.median` takes eight times as long."""
    half = len(values) // 2
    parted = np.partition(values, half)
    upper = float(parted[half])
    return upper if len(values) % 2 else float(parted[:half].max() + upper) / 2


@lru_cache(maxsize=4)
def _pairs(count: int) -> tuple[Steps, Steps]:
    """Of so many, the indices of both in each pair, the smaller first.

    Profiles of a run are of the same length, and to make them takes longer
    than what is done with them.
    """
    return np.triu_indices(count, 1)


_SLOPE_STEPS = 128
_NOTHING: Array = np.empty(0)


@dataclass(frozen=True)
class Activity:
    """What the units of a layer did in one step.

    Args:
        layer: Path of the layer.
        values: Number by name: `silent_unit_share` (units whose output is
            near zero on every sample and time step), `output_mean`,
            `output_spread`, of bounded activations
            `saturated_unit_share` (of sequences and images, these three on
            the first 16 samples of the batch), of LSTM and GRU
            `gate_i_saturated_share` and so on (outputs of the gate below
            0.05 or above 0.95, on the first 4 samples).
    """

    layer: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Sample:
    """A step that was looked at more closely.

    Args:
        step: The optimizer step.
        profiles: The gradient through time of each recurrent layer.
        activities: What the units of each layer did.
        data: The data of the batch; None where they were not seen.
        histograms: How gradients, weights and outputs are spread, where that
            was asked for.
    """

    step: int
    profiles: tuple[TimeProfile, ...] = ()
    activities: tuple[Activity, ...] = ()
    data: DataSummary | None = None
    histograms: tuple[Histogram, ...] = ()


class TimeProfiles(NamedTuple):
    """The profiles of one state of one layer over training.

    Args:
        norm: `(samples, T)`, float64.
        steps: `(samples,)`.
        profiles: The same, one by one.
    """

    norm: Array
    steps: Steps
    profiles: tuple[TimeProfile, ...]

    @classmethod
    def of(cls, profiles: Sequence[TimeProfile]) -> TimeProfiles:
        """At least one profile; shorter ones have NaN before their start."""
        width = max(len(profile.norm) for profile in profiles)
        norm = np.full((len(profiles), width), np.nan)
        for row, profile in zip(norm, profiles, strict=True):
            row[width - len(profile.norm) :] = profile.norm
        steps = np.array([profile.step for profile in profiles], np.int64)
        return cls(norm, steps, tuple(profiles))
