"""What signs read of the gradient through time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kgrad.records import Snapshot, Target, TimeProfile

SAMPLES = 3
"""A layer is judged by so many samples, or more."""


def profiles_of_memory(snapshot: Snapshot) -> Iterator[TimeProfile]:
    """The profiles of the outputs h that tell how far the gradient reaches.

    Those of a model whose loss reads every step are left out: gradient
    arrives all along, and they do not measure memory.
    """
    for sample in snapshot.samples:
        if sample.profiles and sample.profiles[-1].fresh:
            continue
        for profile in sample.profiles:
            if (
                profile.state.startswith("h")
                and np.isfinite(profile.norm).all()
            ):
                yield profile


def target_of(layer: str, targets: Sequence[Target]) -> str:
    """Name of the variable that stands for a layer: its recurrent kernel."""
    own = [t.name for t in targets if t.layer == layer and not t.gate]
    recurrent = [name for name in own if name.endswith("recurrent_kernel")]
    return (recurrent or own or [layer])[0]
