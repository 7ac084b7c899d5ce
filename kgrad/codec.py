"""Snapshots and findings as the records of a run file, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kgrad.acts import Act
from kgrad.records import (
    Edit,
    Epoch,
    Finding,
    Layer,
    Measure,
    Remedy,
    Setup,
    Snapshot,
    Target,
)
from kgrad.run_file import Record
from kgrad.samples import Activity, Sample, TimeProfile


class Encoder:
    """Turns snapshots and findings into records, each fact written once."""

    def __init__(self) -> None:
        self._setup: Setup | None = None
        self._layout: tuple[Any, ...] | None = None
        self._findings: dict[tuple[str, str], Finding] = {}

    def snapshot(self, snapshot: Snapshot) -> Iterator[Record]:
        """The records that a reader needs to have the snapshot back."""
        if snapshot.setup != self._setup:
            self._setup = snapshot.setup
            yield {"kind": "setup", **asdict(snapshot.setup)}, ()
        layout = (snapshot.targets, snapshot.measures)
        if layout != self._layout:
            self._layout = layout
            yield (
                {
                    "kind": "layout",
                    "targets": [asdict(t) for t in snapshot.targets],
                    "measures": [asdict(m) for m in snapshot.measures],
                },
                (),
            )
        for sample in snapshot.samples:
            yield _sample(sample)
        numbers = np.stack(
            [snapshot.loss, snapshot.learning_rate, snapshot.skipped]
        )
        yield (
            {
                "kind": "window",
                "seconds": snapshot.seconds,
                "epochs": [asdict(epoch) for epoch in snapshot.epochs],
                "acts": [asdict(act) for act in snapshot.acts],
            },
            (
                snapshot.steps,
                numbers.astype(np.float32),
                snapshot.values,
            ),
        )

    def findings(self, findings: Sequence[Finding]) -> Iterator[Record]:
        """A record for each finding that is new, has changed or is gone."""
        now = {(f.sign, f.target): f for f in findings}
        for (sign, target), finding in now.items():
            if self._findings.get((sign, target)) != finding:
                yield {"kind": "finding", **asdict(finding)}, ()
        for sign, target in self._findings.keys() - now.keys():
            yield {"kind": "no_finding", "sign": sign, "target": target}, ()
        self._findings = now


class Decoder:
    """Puts records together again.

    Attributes:
        snapshots: The snapshots read so far.
    """

    def __init__(self) -> None:
        self.snapshots: list[Snapshot] = []
        self._setup = Setup()
        self._targets: tuple[Target, ...] = ()
        self._measures: tuple[Measure, ...] = ()
        self._samples: list[Sample] = []
        self._findings: dict[tuple[str, str], Finding] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings read so far, each in its latest state."""
        return tuple(self._findings.values())

    def add(
        self,
        content: Mapping[str, Any],
        arrays: Sequence[npt.NDArray[Any]],
    ) -> None:
        """Takes the next record; a kind it does not know is passed over."""
        fields = {k: v for k, v in content.items() if k != "kind"}
        match content["kind"]:
            case "setup":
                layers = tuple(_read_layer(x) for x in fields["layers"])
                self._setup = Setup(**{**fields, "layers": layers})
            case "layout":
                self._targets = tuple(
                    replace(Target(**t), parts=tuple(t["parts"]))
                    for t in fields["targets"]
                )
                self._measures = tuple(Measure(**m) for m in fields["measures"])
            case "sample":
                self._samples.append(_read_sample(fields, arrays))
            case "window":
                self._add_window(fields, arrays)
            case "finding":
                remedies = tuple(_read_remedy(r) for r in fields["remedies"])
                finding = Finding(**{**fields, "remedies": remedies})
                self._findings[finding.sign, finding.target] = finding
            case "no_finding":
                self._findings.pop((fields["sign"], fields["target"]), None)

    def _add_window(
        self, fields: Mapping[str, Any], arrays: Sequence[npt.NDArray[Any]]
    ) -> None:
        steps, numbers, values = arrays
        self.snapshots.append(
            Snapshot(
                steps=steps,
                targets=self._targets,
                measures=self._measures,
                values=values,
                loss=numbers[0].astype(np.float64),
                learning_rate=numbers[1].astype(np.float64),
                skipped=numbers[2].astype(np.bool_),
                seconds=fields["seconds"],
                epochs=tuple(Epoch(**e) for e in fields["epochs"]),
                samples=tuple(self._samples),
                setup=self._setup,
                # Older files have none.
                acts=tuple(Act(**act) for act in fields.get("acts", ())),
            )
        )
        self._samples = []


def _read_layer(fields: Mapping[str, Any]) -> Layer:
    """JSON has lists for tuples; of older files a layer has no arguments."""
    arguments = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in fields.get("arguments", {}).items()
    }
    return Layer(**{**fields, "arguments": arguments})


def _read_remedy(fields: Mapping[str, Any]) -> Remedy:
    """Of older files a remedy has no edits."""
    edits = tuple(Edit(**edit) for edit in fields.get("edits", ()))
    return Remedy(**{**fields, "edits": edits})


def _sample(sample: Sample) -> Record:
    """The norms of the profiles as arrays, the rest as text."""
    profiles = [
        {
            "layer": profile.layer,
            "state": profile.state,
            "stride": profile.stride,
            "fresh": profile.fresh,
            "backwards": profile.backwards,
        }
        for profile in sample.profiles
    ]
    activities = [asdict(activity) for activity in sample.activities]
    content = {
        "kind": "sample",
        "step": sample.step,
        "profiles": profiles,
        "activities": activities,
    }
    norms = tuple(p.norm.astype(np.float32) for p in sample.profiles)
    return content, norms


def _read_sample(
    fields: Mapping[str, Any], norms: Sequence[npt.NDArray[Any]]
) -> Sample:
    step = fields["step"]
    profiles = [
        TimeProfile(norm=norm.astype(np.float64), step=step, **profile)
        for profile, norm in zip(fields["profiles"], norms, strict=True)
    ]
    activities = [Activity(**activity) for activity in fields["activities"]]
    return Sample(step, tuple(profiles), tuple(activities))
