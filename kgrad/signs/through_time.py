"""The last samples of each layer, for signs that read them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np

from kgrad.records import Snapshot, Target
from kgrad.samples import Sample, TimeProfile

SAMPLES = 3
"""A layer is judged by the median of so many samples."""


class ProfileTrail:
    """Keeps the first profile of every state and the last three.

    Profiles of a model whose loss reads every step are left out: gradient
    arrives all along, and they do not measure memory.
    """

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], TimeProfile] = {}
        self._last: dict[tuple[str, str], deque[TimeProfile]] = {}

    def update(self, snapshot: Snapshot) -> list[TimeProfile]:
        """Takes the samples of a snapshot; gives their profiles."""
        new = [p for sample in snapshot.samples for p in _of_memory(sample)]
        for profile in new:
            key = profile.layer, profile.state
            self._first.setdefault(key, profile)
            trail = self._last.setdefault(key, deque(maxlen=SAMPLES))
            trail.append(profile)
        return new

    def trails(self) -> Iterator[tuple[TimeProfile, Sequence[TimeProfile]]]:
        """Of each h that has three samples: the first one, and the last."""
        for (layer, state), trail in self._last.items():
            if state.startswith("h") and len(trail) == SAMPLES:
                yield self._first[layer, state], tuple(trail)


def _of_memory(sample: Sample) -> tuple[TimeProfile, ...]:
    profiles = sample.profiles
    if profiles and profiles[-1].fresh:
        return ()
    return tuple(p for p in profiles if np.isfinite(p.norm).all())


def target_of(layer: str, targets: Sequence[Target]) -> str:
    """Name of the variable that stands for a layer: its recurrent kernel."""
    own = [t.name for t in targets if t.layer == layer and not t.gate]
    recurrent = [name for name in own if name.endswith("recurrent_kernel")]
    return (recurrent or own or [layer])[0]
