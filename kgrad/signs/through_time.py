"""What signs read of the gradient through time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kgrad.records import Sample, Snapshot, Target, TimeProfile

SAMPLES = 3
"""Samples needed before anything is said of a layer."""


def measures_memory(profile: TimeProfile, sample: Sample) -> bool:
    """Whether the profile says how far back the loss reaches.

    Not where the loss reads every step, so that gradient arrives all along.
    The lower layers of a stack are read at every step, too, but by a layer:
    if the last one is read at its end alone, so is the model. An encoder is
    read at its end, whatever the decoder after it is.

    Args:
        profile: One of the sample's.
        sample: All profiles of the same step.
    """
    return not (profile.fresh and sample.profiles[-1].fresh)


def profiles_of_memory(snapshot: Snapshot) -> Iterator[TimeProfile]:
    """The profiles of the outputs h that tell how far the gradient reaches."""
    for sample in snapshot.samples:
        for profile in sample.profiles:
            if (
                profile.state.startswith("h")
                and measures_memory(profile, sample)
                and np.isfinite(profile.norm).all()
            ):
                yield profile


def length(profile: TimeProfile) -> int:
    """How many time steps a profile covers."""
    return len(profile.norm) * profile.stride


def target_of(layer: str, targets: Sequence[Target]) -> str:
    """Name of the variable that stands for a layer: its recurrent kernel."""
    own = [t.name for t in targets if t.layer == layer and not t.gate]
    recurrent = [name for name in own if name.endswith("recurrent_kernel")]
    return (recurrent or own or [layer])[0]
