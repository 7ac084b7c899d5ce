"""A sample as a record of a run file, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kgrad.records import (
    Activity,
    DataSummary,
    Histogram,
    Sample,
    TimeProfile,
    schema,
)
from kgrad.records.histograms import BINS, Kind
from kgrad.storage.columns import Arrays
from kgrad.storage.run_file import Record

_NO_COUNTS = np.zeros((0, BINS))


@dataclass
class _Profile:
    """A `TimeProfile` without what comes as an array."""

    layer: str
    state: str
    stride: int = 1
    fresh: bool = False
    backwards: bool = False
    calls: int = 1


@dataclass(frozen=True)
class _Histogram:
    """A `Histogram` without its counts."""

    kind: Kind
    name: str
    nan: int = 0


@dataclass
class _Sample:
    """A sample without its arrays."""

    step: int
    profiles: tuple[_Profile, ...]
    activities: tuple[Activity, ...]
    data: DataSummary | None = None
    histograms: tuple[_Histogram, ...] = ()


def sample_record(sample: Sample) -> Record:
    """Norms of profiles and counts of histograms as arrays, the rest as text.

    The counts of all histograms are one array, behind the norms.
    """
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
    # `asdict` copies each number, which takes longer than all else.
    activities = [vars(activity) for activity in sample.activities]
    content: dict[str, Any] = {
        "kind": "sample",
        "step": sample.step,
        "profiles": profiles,
        "activities": activities,
    }
    if sample.data is not None:
        tensors = [vars(tensor) for tensor in sample.data.tensors]
        content["data"] = vars(sample.data) | {"tensors": tensors}
    arrays = tuple(p.norm.astype(np.float32) for p in sample.profiles)
    if sample.histograms:
        content["histograms"] = [
            {"kind": one.kind, "name": one.name, "nan": one.nan}
            for one in sample.histograms
        ]
        rows = np.stack([one.counts for one in sample.histograms])
        arrays += (rows.astype(np.uint32),)
    return content, arrays


def read_sample(fields: Mapping[str, Any], arrays: Arrays) -> Sample:
    """A sample again; `ValueError` if it is none."""
    read = schema.read(_Sample, fields)
    norms, counts = arrays, _NO_COUNTS
    if read.histograms:
        *norms, counts = arrays
    if counts.shape != (len(read.histograms), BINS):
        raise ValueError("histograms have other bins")
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
    histograms = tuple(
        Histogram(one.kind, one.name, row.astype(np.float64), one.nan)
        for one, row in zip(read.histograms, counts, strict=True)
    )
    return Sample(
        read.step, tuple(profiles), read.activities, read.data, histograms
    )
