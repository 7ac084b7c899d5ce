"""Run folders written by hand, without training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kgrad.records import Finding, Snapshot
from kgrad.storage.recorder import Recorder
from tests.reporters import made


def write(
    folder: Path, *snapshots: Snapshot, findings: Sequence[Finding] = ()
) -> Recorder:
    """A run folder with these windows; the recorder can write more.

    Args:
        folder: Made if it does not exist.
        *snapshots: One window by default, with one step looked at closely.
        findings: What was found.
    """

    def fail(error: Exception) -> None:
        raise error

    recorder = Recorder(folder, fail)
    for snapshot in snapshots or (window(),):
        recorder.write(snapshot, findings)
    return recorder


def window(first: int = 1, steps: int = 8, **changes: Any) -> Snapshot:
    """A window of the small LSTM with a sample and an epoch."""
    fields: dict[str, Any] = {
        "samples": (made.sample(first),),
        "epochs": (made.epoch(0, first + steps - 1, accuracy=0.5),),
    }
    return made.snapshot(first, steps, **{**fields, **changes})
