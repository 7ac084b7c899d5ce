"""A sample as a record of a run file, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kgrad.records import Activity, DataSummary, Sample, TimeProfile, schema
from kgrad.storage.columns import Arrays
from kgrad.storage.run_file import Record


@dataclass(frozen=True)
class _Profile:
    """A `TimeProfile` without what comes as an array."""

    layer: str
    state: str
    stride: int = 1
    fresh: bool = False
    backwards: bool = False
    calls: int = 1


@dataclass(frozen=True)
class _Sample:
    """A sample without its arrays."""

    step: int
    profiles: tuple[_Profile, ...]
    activities: tuple[Activity, ...]
    data: DataSummary | None = None


def sample_record(sample: Sample) -> Record:
    """The norms of the profiles as arrays, the rest as text."""
    profiles = [
        {
            "layer": profile.layer,
            "state": profile.state,
            "stride": profile.stride,
            "fresh": profile.fresh,
            "backwards": profile.backwards,
            "calls": profile.calls,
        }
        for profile in sample.profiles
    ]
    activities = [asdict(activity) for activity in sample.activities]
    content: dict[str, Any] = {
        "kind": "sample",
        "step": sample.step,
        "profiles": profiles,
        "activities": activities,
    }
    if sample.data is not None:
        content["data"] = asdict(sample.data)
    norms = tuple(p.norm.astype(np.float32) for p in sample.profiles)
    return content, norms


def read_sample(fields: Mapping[str, Any], norms: Arrays) -> Sample:
    """A sample again; `ValueError` if it is none."""
    read = schema.read(_Sample, fields)
    if not all(norm.ndim == 1 for norm in norms):
        raise ValueError("a profile has more than one axis")
    profiles = [
        TimeProfile(
            layer=profile.layer,
            state=profile.state,
            norm=norm.astype(np.float64),
            step=read.step,
            stride=profile.stride,
            fresh=profile.fresh,
            backwards=profile.backwards,
            calls=profile.calls,
        )
        for profile, norm in zip(read.profiles, norms, strict=True)
    ]
    return Sample(read.step, tuple(profiles), read.activities, read.data)
