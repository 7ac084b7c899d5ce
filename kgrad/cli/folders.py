"""Which runs a folder holds, and complaints where there are none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from kgrad.storage.history import RunHistory
from kgrad.storage.run_file import is_run_file, run_files

FAILED = 2
"""Exit code when a folder holds no run, or nothing of it can be read."""


def runs_of(folder: str) -> list[str]:
    """The folder, or the runs below it."""
    if run_files(folder):
        return [folder]
    below = {path.parent for path in Path(folder).rglob("gradients-*.kgrad")}
    return sorted(map(os.fspath, below)) or [folder]


def names(runs: Iterable[str]) -> dict[str, str]:
    """The path of each run from the folder that has them all."""
    listed = list(runs)
    shared = os.path.commonpath(
        [os.path.dirname(os.path.abspath(run)) for run in listed]
    )
    return {run: os.path.relpath(run, shared) for run in listed}


def load(run: str) -> RunHistory | None:
    """The history, or None after a complaint."""
    is_file = os.path.isfile(run) and is_run_file(os.path.basename(run))
    if not (os.path.isdir(run) or is_file):
        complain(f"there is no folder {run!r}")
        return None
    try:
        history = RunHistory.load(run)
    except FileNotFoundError:
        complain(
            f"the folder {run!r} holds no run: no file `gradients-*.kgrad` "
            "as `kgrad.GradientMonitor` writes it"
        )
        below = [each for each in runs_of(run) if each != run]
        if below:
            complain("these below it do:\n  " + "\n  ".join(below))
        return None
    except OSError as error:
        complain(f"the run {run!r} cannot be read: {error}")
        return None
    if history.damage and not history.snapshots:
        for sentence in history.damage:
            complain(f"nothing can be read: {sentence}")
        return None
    return history


def complain(sentence: str) -> None:
    """Says on standard error what is wrong."""
    print(f"kgrad: {sentence}", file=sys.stderr)
