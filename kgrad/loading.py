"""From the files of a run folder to one history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kgrad.file_reading import FileReading
from kgrad.history import History
from kgrad.records import Finding, Snapshot
from kgrad.run_file import file_number


def merge(histories: Iterable[History]) -> History:
    """One run from several files: a later one replaces what it repeats."""
    snapshots: list[Snapshot] = []
    findings: tuple[Finding, ...] = ()
    damage: list[str] = []
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
        findings = tuple(f for f in findings if f.first_step < start)
        again = {(f.sign, f.target) for f in history.findings}
        findings = (
            tuple(f for f in findings if (f.sign, f.target) not in again)
            + history.findings
        )
        snapshots += history.snapshots
    return History(snapshots, findings, damage)


def _before(snapshot: Snapshot, step: int) -> Snapshot | None:
    keep = snapshot.steps < step
    epochs = tuple(e for e in snapshot.epochs if e.step < step)
    samples = tuple(s for s in snapshot.samples if s.step < step)
    acts = tuple(a for a in snapshot.acts if a.step < step)
    if not (keep.any() or epochs or samples or acts):
        return None
    return replace(
        snapshot,
        steps=snapshot.steps[keep],
        values=snapshot.values[keep],
        loss=snapshot.loss[keep],
        learning_rate=snapshot.learning_rate[keep],
        skipped=snapshot.skipped[keep],
        epochs=epochs,
        samples=samples,
        acts=acts,
    )


def load_file(path: Path) -> History:
    """One run file, as far as it can be read.

    Raises:
        OSError: If it cannot be opened.
    """
    reading = FileReading(path)
    reading.read()
    return History(
        reading.snapshots, reading.findings, reading.damage(ended=True)
    )


def load_files(paths: Sequence[Path]) -> Iterator[History]:
    """Run files of one folder; those that are gone are told of.

    Args:
        paths: In the order in which they were begun.
    """
    expected = 0
    for path in paths:
        number = file_number(path)
        if number > expected:
            yield History(damage=[_gone(path, expected, number - 1)])
        expected = number + 1
        try:
            yield load_file(path)
        except OSError as error:
            sentence = f"{path} cannot be read: {error.strerror}"
            yield History(damage=[sentence])


def _gone(path: Path, first: int, last: int) -> str:
    names = [f"gradients-{n:04d}{path.suffix}" for n in {first, last}]
    return (
        f"{path.parent}: {' to '.join(sorted(names))} is missing, with what "
        "was measured before the next file"
    )
