"""How far a gradient reaches back through time, in a few numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrad.records import Sample, TimeProfile


@dataclass(frozen=True)
class Reach:
    """A profile in numbers; all NaN where the gradient is not finite.

    Args:
        horizon: Time steps, as `TimeProfile.horizon`.
        decay: Decades per time step, as `TimeProfile.decay`.
        ratio: As `TimeProfile.ratio`.
        growth: As `TimeProfile.growth`.
    """

    horizon: float = math.nan
    decay: float = math.nan
    ratio: float = math.nan
    growth: float = math.nan


def reach(profile: TimeProfile) -> Reach:
    """The numbers of a profile."""
    if not np.isfinite(profile.norm).all():
        return Reach()
    return Reach(
        float(profile.horizon), profile.decay, profile.ratio, profile.growth
    )


def horizon(profile: TimeProfile) -> float:
    """The horizon alone, which is soon computed; NaN as in `Reach`."""
    finite = np.isfinite(profile.norm).all()
    return float(profile.horizon) if finite else math.nan


def measures_memory(profile: TimeProfile, sample: Sample) -> bool:
    """Whether the profile says how far back the loss reaches.

    Not where the loss reads every step, so that gradient arrives all along.
    The lower layers of a stack are read at every step, too, but by a layer:
    if the last one is read at its end alone, so is the model.

    Args:
        profile: One of the sample's.
        sample: All profiles of the same step.
    """
    return not (profile.fresh and sample.profiles[-1].fresh)


def by_state(
    samples: Sequence[Sample],
) -> dict[tuple[str, str], list[tuple[TimeProfile, bool]]]:
    """Profiles by layer and state, and whether they measure memory."""
    found: dict[tuple[str, str], list[tuple[TimeProfile, bool]]] = {}
    for sample in samples:
        for profile in sample.profiles:
            found.setdefault((profile.layer, profile.state), []).append(
                (profile, measures_memory(profile, sample))
            )
    return found


def first_of_memory(samples: Sequence[Sample]) -> TimeProfile | None:
    """The first profile of the last sample, of those that measure memory."""
    with_profiles = [sample for sample in samples if sample.profiles]
    for sample in with_profiles[-1:]:
        for profile in sample.profiles:
            if measures_memory(profile, sample):
                return profile
    return None


def horizon_text(profile: TimeProfile) -> str:
    """`"12 of 100"`; `"-"` where the gradient is not finite.

    Of a sequence of more than 512 steps the length is known to a bin.
    """
    steps = horizon(profile)
    if math.isnan(steps):
        return "-"
    about = "~" if profile.stride > 1 else ""
    return f"{steps:.0f} of {about}{len(profile.norm) * profile.stride}"
