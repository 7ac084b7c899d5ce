"""From the files of a run folder to one recording, whatever they lack."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kgrad.records import Finding, Snapshot
from kgrad.storage.codec import Decoder
from kgrad.storage.run_file import file_number, is_run_file, run_files
from kgrad.storage.run_reader import Damage, RunFileReader


class Recording(NamedTuple):
    """What was read of a run, or of a part of it.

    `places` names the last file of each run that the files hold, one after the
    other: a run whose steps all come again in a later one is hidden by it.
    """

    snapshots: Sequence[Snapshot] = ()
    findings: Sequence[Finding] = ()
    damage: Sequence[str] = ()
    places: Sequence[str] = ()


def load_folder(folder: str | os.PathLike[str]) -> Recording:
    """All that a run folder holds; `FileNotFoundError` if that is no run.

    Of a run file: what its folder held when the file was the last one.
    """
    path = Path(folder)
    paths = run_files(folder)
    if path.is_file() and is_run_file(path.name):
        last = file_number(path)
        paths = [p for p in run_files(path.parent) if file_number(p) <= last]
    if not paths:
        raise FileNotFoundError(
            "`folder` must be a run folder written by "
            "`kgrad.GradientMonitor`: it holds no `gradients-*.kgrad` "
            f"file. Received: folder={os.fspath(folder)!r}"
        )
    return merge(load_files(paths))


def merge(histories: Iterable[Recording]) -> Recording:
    """One run from several files: a later one replaces what it repeats."""
    snapshots: list[Snapshot] = []
    findings: tuple[Finding, ...] = ()
    damage: list[str] = []
    places: list[str] = []
    for history in histories:
        damage += history.damage
        if not history.snapshots:
            continue
        start = min(
            [int(s.steps[0]) for s in history.snapshots if len(s.steps)],
            default=np.iinfo(np.int64).max,
        )
        snapshots = [
            kept for s in snapshots if (kept := _before(s, start)) is not None
        ]
        if snapshots and history.places:
            places = places[:-1]
        places = [*places, *history.places]
        findings = tuple(f for f in findings if f.first_step < start)
        again = {(f.sign, f.target) for f in history.findings}
        findings = tuple(
            f for f in findings if (f.sign, f.target) not in again
        ) + tuple(history.findings)
        snapshots += history.snapshots
    return Recording(snapshots, findings, damage, places)


def _before(snapshot: Snapshot, step: int) -> Snapshot | None:
    keep = snapshot.steps < step
    epochs = tuple(e for e in snapshot.epochs if e.step < step)
    samples = tuple(s for s in snapshot.samples if s.step < step)
    acts = tuple(a for a in snapshot.actions if a.step < step)
    if not (keep.any() or epochs or samples or acts):
        return None
    kept = (snapshot.epochs, snapshot.samples, snapshot.actions)
    if keep.all() and kept == (epochs, samples, acts):
        return snapshot  # As nearly all are: nothing of it is copied.
    return replace(
        snapshot,
        steps=snapshot.steps[keep],
        values=snapshot.values[keep],
        loss=snapshot.loss[keep],
        learning_rate=snapshot.learning_rate[keep],
        skipped=snapshot.skipped[keep],
        has_loss=None if snapshot.has_loss is None else snapshot.has_loss[keep],
        epochs=epochs,
        samples=samples,
        actions=acts,
    )


def load_file(path: Path) -> Recording:
    """One run file, as far as it can be read; a gone one is told of."""
    reading = FileReading(path)
    try:
        reading.read()
    except OSError as error:
        return Recording(damage=[f"{path} cannot be read: {error.strerror}"])
    return reading.recording(ended=True)


def load_files(paths: Sequence[Path]) -> Iterator[Recording]:
    """Run files of one folder, in order; those that are gone are told of."""
    expected = 0
    for path in paths:
        number = file_number(path)
        if number > expected:
            yield Recording(damage=[_gone(path, expected, number - 1)])
        expected = number + 1
        yield load_file(path)


def _gone(path: Path, first: int, last: int) -> str:
    names = [f"gradients-{n:04d}{path.suffix}" for n in {first, last}]
    return (
        f"{path.parent}: {' to '.join(sorted(names))} is missing, with what "
        "was measured before the next file"
    )


@contextmanager
def _without_collection() -> Iterator[None]:
    """No search for garbage: there is none, and it is a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass
class _Gap:
    """Damage, and the steps before and after it that could be read."""

    damage: Damage
    before: int
    after: int | None = None


class FileReading:
    """A run file that may still be written, may be damaged, may be anything."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.reader = RunFileReader(path)
        self._decoder = Decoder()
        self._seen = 0
        self._gaps: list[_Gap] = []

    def recording(self, *, ended: bool) -> Recording:
        """All that was read, with the damage as of now."""
        known = self._decoder
        return Recording(
            known.snapshots,
            known.findings,
            self.damage(ended=ended),
            [os.fspath(self._path)],
        )

    @_without_collection()
    def read(self) -> None:
        """Takes the records that have come since the last call."""
        for content, arrays in self.reader.read(self._decoder.updates):
            self._note_damage()
            windows = len(self._decoder.snapshots)
            try:
                self._decoder.add(content, arrays)
            except ValueError as error:
                began = self.reader.began
                length = self.reader.offset - began
                reason = f"not a record of kgrad: {error}"
                self._gap(Damage(began, length, reason))
            for snapshot in self._decoder.snapshots[windows:]:
                self._goes_on(snapshot)
        self._note_damage()

    def damage(self, *, ended: bool) -> list[str]:
        """What could not be read, a sentence each.

        If nobody writes to the file any more, as far as one can tell, a last
        record that is not whole is damage, too.
        """
        if self.reader.foreign:
            return [f"{self._path} is not a kgrad run file"]
        told = [self._sentence(gap) for gap in self._gaps[:_TOLD]]
        more = self._gaps[_TOLD:]
        if more:
            told.append(
                f"{self._path}: {len(more)} more places cannot be read, from "
                f"byte {more[0].damage.offset} to {more[-1].damage.offset}"
            )
        if ended and self.reader.incomplete:
            told.append(
                f"{self._path}: the last record ends after "
                f"{self.reader.incomplete} bytes; its writer was killed, or "
                f"the file was cut; what came after step "
                f"{self._decoder.last_step} is missing"
            )
        if ended and not self.reader.offset and not told:
            told.append(f"{self._path} is empty; its writer was killed")
        return told

    def _note_damage(self) -> None:
        for damage in self.reader.damages[self._seen :]:
            self._gap(damage)
        self._seen = len(self.reader.damages)

    def _gap(self, damage: Damage) -> None:
        self._gaps.append(_Gap(damage, self._decoder.last_step))

    def _goes_on(self, snapshot: Snapshot) -> None:
        """The steps after all gaps that wait for some."""
        if not len(snapshot.steps):
            return
        for gap in reversed(self._gaps):
            if gap.after is not None:
                break
            gap.after = int(snapshot.steps[0])

    def _sentence(self, gap: _Gap) -> str:
        damage = gap.damage
        first = gap.before + 1
        if gap.after is None:
            missing = f"what came after step {gap.before} is missing"
        elif gap.after > first + 1:
            missing = f"steps {first} to {gap.after - 1} are missing"
        elif gap.after > first:
            missing = f"step {first} is missing"
        else:
            missing = "no step is missing"
        return (
            f"{self._path}: {damage.length} bytes from byte {damage.offset} on "
            f"cannot be read ({damage.reason}): {missing}"
        )


_TOLD = 8
"""Places that are told of one by one."""
