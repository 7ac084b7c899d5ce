"""Which runs a folder holds, and complaints where there are none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kgrad.storage.history import RunHistory
from kgrad.storage.run_file import run_files

FAILED = 2
"""Exit code when a folder holds no run, or nothing of it can be read."""


def runs_of(folder: str) -> list[str]:
    """The folder, or the runs below it."""
    if run_files(folder):
        return [folder]
    below = {path.parent for path in Path(folder).rglob("gradients-*.kgrad")}
    return sorted(map(os.fspath, below)) or [folder]


def by_name(runs: dict[str, RunHistory]) -> dict[str, RunHistory]:
    """The runs by their path from the folder that has them all."""
    shared = os.path.commonpath(
        [os.path.dirname(os.path.abspath(run)) for run in runs]
    )
    return {os.path.relpath(run, shared): h for run, h in runs.items()}


def load(run: str) -> RunHistory | None:
    """The history, or None after a complaint."""
    if not os.path.isdir(run):
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
