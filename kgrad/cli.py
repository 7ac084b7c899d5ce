"""`kgrad report RUN` and `kgrad compare RUN...`: runs, read from disk."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console

from kgrad.history import History
from kgrad.reporters.comparison import comparison
from kgrad.reporters.run_report import report
from kgrad.run_file import run_files

FAILED = 2
"""Exit code when a folder holds no run, or nothing of it can be read."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    _replace_what_cannot_be_printed(sys.stdout)
    parser = argparse.ArgumentParser(
        prog="kgrad",
        description="What `kgrad.GradientMonitor` measured and found.",
    )
    commands = parser.add_subparsers(required=True, dest="command")
    one = commands.add_parser("report", help="tell of one run")
    one.add_argument("run", help="run folder")
    several = commands.add_parser("compare", help="several runs in one table")
    several.add_argument(
        "runs", nargs="+", help="run folders, or folders of run folders"
    )
    given = parser.parse_args(arguments)
    if given.command == "report":
        return _report(given.run)
    return _compare(given.runs)


def _report(run: str) -> int:
    history = _load(run)
    if history is None:
        return FAILED
    console = Console()
    for part in report(run, history):
        console.print(part)
    return 0


def _compare(folders: Sequence[str]) -> int:
    found = [run for folder in folders for run in _runs(folder)]
    loaded = {run: _load(run) for run in dict.fromkeys(found)}
    runs = {run: history for run, history in loaded.items() if history}
    if runs:
        shared = _shared_folder(list(runs))
        console = Console()
        console.print(
            comparison(
                {os.path.relpath(run, shared): h for run, h in runs.items()}
            )
        )
    for history in runs.values():
        for sentence in history.damage:
            _complain(f"damaged, the rest is shown: {sentence}")
    return 0 if len(runs) == len(loaded) else FAILED


def _runs(folder: str) -> list[str]:
    """The folder, or the runs below it."""
    if run_files(folder):
        return [folder]
    below = {path.parent for path in Path(folder).rglob("gradients-*.kgrad")}
    return sorted(map(os.fspath, below)) or [folder]


def _shared_folder(runs: Sequence[str]) -> str:
    return os.path.commonpath(
        [os.path.dirname(os.path.abspath(r)) for r in runs]
    )


def _load(run: str) -> History | None:
    """The history, or None after a complaint."""
    if not os.path.isdir(run):
        _complain(f"there is no folder {run!r}")
        return None
    try:
        history = History.load(run)
    except FileNotFoundError:
        _complain(
            f"the folder {run!r} holds no run: no file `gradients-*.kgrad` "
            "as `kgrad.GradientMonitor` writes it"
        )
        return None
    except OSError as error:
        _complain(f"the run {run!r} cannot be read: {error}")
        return None
    if history.damage and not history.snapshots:
        for sentence in history.damage:
            _complain(f"nothing can be read: {sentence}")
        return None
    return history


def _complain(sentence: str) -> None:
    print(f"kgrad: {sentence}", file=sys.stderr)


def _replace_what_cannot_be_printed(stream: TextIO) -> None:
    """An ASCII terminal shows `?` for the bars of a curve."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
