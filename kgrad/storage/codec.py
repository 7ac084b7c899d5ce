"""Snapshots and findings as the records of a run file, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kgrad.records import (
    ActionRecord,
    Epoch,
    Finding,
    Origin,
    Sample,
    Setup,
    Snapshot,
    schema,
)
from kgrad.storage.columns import Arrays, ColumnHeader
from kgrad.storage.run_file import Record
from kgrad.storage.run_reader import BAD, decoded
from kgrad.storage.sample_record import read_sample, sample_record

_SOONEST, _LATEST = 4, 256
"""Windows after which targets and setup are written again, at first and later.

So a file that is damaged where they were written can still be read.
"""


_TOLD, _UNTOLD = 2, 4
"""Beside whether a step was skipped: whether its loss was told."""


class Encoder:
    """Turns snapshots and findings into records.

    What many windows share is written once, and again from time to time.
    """

    def __init__(self) -> None:
        self._setup: Setup | None = None
        self._layout: tuple[Any, ...] | None = None
        self._number = 0
        self._windows = 0
        self._repeat = _SOONEST
        self._findings: dict[tuple[str, str], Finding] = {}

    def snapshot(self, snapshot: Snapshot) -> Iterator[Record]:
        """The records from which a reader restores the snapshot."""
        self._windows += 1
        again = self._windows >= self._repeat
        if again:
            self._windows = 0
            self._repeat = min(2 * self._repeat, _LATEST)
        if again or snapshot.setup != self._setup:
            self._setup = snapshot.setup
            yield {"kind": "setup", **asdict(snapshot.setup)}, ()
        layout = (snapshot.targets, snapshot.measures)
        changed = layout != self._layout
        if again or changed:
            self._layout = layout
            self._number += changed
            yield (
                {
                    "kind": "layout",
                    "number": self._number,
                    "targets": [asdict(t) for t in snapshot.targets],
                    "measures": [asdict(m) for m in snapshot.measures],
                },
                (),
            )
        for sample in snapshot.samples:
            yield sample_record(sample)
        flags = snapshot.skipped + _flags(snapshot)
        numbers = np.stack([snapshot.loss, snapshot.learning_rate, flags])
        yield (
            {
                "kind": "window",
                "layout": self._number,
                "seconds": snapshot.seconds,
                "epochs": [asdict(epoch) for epoch in snapshot.epochs],
                "acts": [asdict(act) for act in snapshot.actions],
                **_told("origins", snapshot.origins),
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
            before = self._findings.get((sign, target))
            if before == finding:
                continue
            content = {"kind": "finding", **asdict(finding)}
            if before and before.remedies == finding.remedies:
                # The longest field, and the same in every window.
                del content["remedies"]
            yield content, ()
        for sign, target in self._findings.keys() - now.keys():
            yield {"kind": "no_finding", "sign": sign, "target": target}, ()
        self._findings = now


@dataclass(frozen=True)
class _Window:
    """A window without its arrays."""

    seconds: float
    epochs: tuple[Epoch, ...]
    layout: int = 0
    acts: tuple[ActionRecord, ...] = ()
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class _Gone:
    """A finding that no longer holds."""

    sign: str
    target: str


class Decoder:
    """Turns records back into snapshots and findings.

    Windows whose targets could not be read wait until those are repeated.

    Attributes:
        snapshots: The snapshots read so far.
        last_step: The last step among them, 0 if there is none.
        updates: Payloads of findings that go on, read when it is time.
    """

    def __init__(self) -> None:
        self.snapshots: list[Snapshot] = []
        self.last_step = 0
        self.updates: dict[bytes, bytes] = {}
        self._setup = Setup()
        self._layout: ColumnHeader | None = None
        self._waiting: list[tuple[_Window, Arrays]] = []
        self._samples: list[Sample] = []
        self._findings: dict[tuple[str, str], Finding] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings read so far, each in its latest state."""
        self._update_findings()
        return tuple(self._findings.values())

    def add(self, content: Mapping[str, Any], arrays: Arrays) -> None:
        """Takes the next record; unknown kinds are skipped.

        Raises:
            ValueError: If it is not a record that `Encoder` writes.
        """
        fields = dict(content)
        match fields.pop("kind"):
            case "setup":
                setup = schema.read(Setup, fields)
                if setup.lag == 0:  # What older files say for "not known".
                    setup = replace(setup, lag=None)
                # Kept if it is only repeated, so that snapshots share one.
                self._setup = self._setup if setup == self._setup else setup
            case "layout":
                self._add_layout(schema.read(ColumnHeader, fields))
            case "sample":
                self._samples.append(read_sample(fields, arrays))
            case "window":
                window = schema.read(_Window, fields)
                if self._layout is None or window.layout != self._layout.number:
                    self._waiting.append((window, arrays))
                else:
                    self._add_window(self._layout, window, arrays)
            case "finding":
                self._update_findings()
                self._add_finding(fields)
            case "no_finding":
                self._update_findings()
                gone = schema.read(_Gone, fields)
                self._findings.pop((gone.sign, gone.target), None)

    def _add_finding(self, fields: Mapping[str, Any]) -> None:
        values = _finding_values(fields)
        key = values["sign"], values["target"]
        if "remedies" not in fields and key in self._findings:
            values["remedies"] = self._findings[key].remedies
        self._findings[key] = Finding(**values)

    def _update_findings(self) -> None:
        updates = list(self.updates.values())
        self.updates.clear()
        for body in updates:
            # What is no update leaves the finding as it was.
            with suppress(*BAD):
                content, _ = decoded(body)
                del content["kind"]
                self._add_finding(content)

    def _add_layout(self, layout: ColumnHeader) -> None:
        layout.require_sound()
        if layout != self._layout:
            self._layout = layout
        waiting, self._waiting = self._waiting, []
        for window, arrays in waiting:
            if window.layout == layout.number:
                self._add_window(self._layout, window, arrays)

    def _add_window(
        self, layout: ColumnHeader, window: _Window, arrays: Arrays
    ) -> None:
        layout.require_fitting(arrays)
        steps, numbers, values = arrays
        loss, learning_rate = numbers[:2].astype(np.float64)
        flags = numbers[2].astype(np.int8)
        self.snapshots.append(
            Snapshot(
                steps=steps,
                targets=layout.targets,
                measures=layout.measures,
                values=values,
                loss=loss,
                learning_rate=learning_rate,
                skipped=(flags & 1).astype(np.bool_),
                has_loss=_has_loss(flags),
                seconds=window.seconds,
                epochs=window.epochs,
                samples=tuple(self._samples),
                setup=self._setup,
                actions=window.acts,
                origins=window.origins,
            )
        )
        self._samples = []
        if len(steps):
            self.last_step = int(steps[-1])


def _flags(snapshot: Snapshot) -> npt.NDArray[np.int8]:
    """`(steps,)`: whether the loss of each step was told, if that is known."""
    if snapshot.has_loss is None:
        return np.zeros(len(snapshot.steps), np.int8)
    return np.where(snapshot.has_loss, _TOLD, _UNTOLD).astype(np.int8)


def _has_loss(flags: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_] | None:
    """What `_flags` wrote; None for files that did not say."""
    if not flags.any():
        return None if len(flags) else flags.astype(np.bool_)
    told = (flags & _TOLD) != 0
    return told if (told | ((flags & _UNTOLD) != 0)).all() else None


def _finding_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return schema.values_of(Finding, fields)
    except ValueError:
        # Remedies change from version to version; what was found still holds.
        rest = {k: v for k, v in fields.items() if k != "remedies"}
        return schema.values_of(Finding, rest)


def _told(name: str, records: Sequence[Any]) -> dict[str, Any]:
    """What few windows have: nothing, where there is none."""
    return {name: [asdict(r) for r in records]} if records else {}
