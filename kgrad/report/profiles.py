"""Profiles through time: which of them measure memory, and the horizon."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kgrad.records import Sample, TimeProfile
from kgrad.signs.through_time import length, measures_memory


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
    if math.isnan(profile.horizon):
        return "-"
    about = "~" if profile.stride > 1 else ""
    return f"{profile.horizon:.0f} of {about}{length(profile)}"
