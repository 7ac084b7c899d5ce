"""A run folder holds one run: a run of another model gets one inside it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from kgrad.records import Target, schema
from kgrad.storage.columns import ColumnHeader
from kgrad.storage.run_file import run_files
from kgrad.storage.run_reader import RunFileReader

_RECORDS = 64
"""Records at the beginning of a file in which all its targets are named."""

_MOST = 1000


def place_of(folder: str | os.PathLike[str], targets: Iterable[Target]) -> Path:
    """The folder, or `run-2` and so on in it, if it has another model's run.

    Two runs are of one model if all targets of one are the other's, too: some
    layers may be frozen in one of them.

    Args:
        folder: The run folder.
        targets: What is trained.
    """
    own = _keys(targets)
    for number in range(1, _MOST):
        place = Path(folder, f"run-{number}") if number > 1 else Path(folder)
        known = {key for path in run_files(place) for key in _targets_of(path)}
        if known <= own or own <= known:
            return place
    return Path(folder)


def runs_in(folder: str | os.PathLike[str]) -> list[Path]:
    """The folders inside a run folder that hold runs of other models."""
    places = Path(folder).glob("run-*")
    return sorted(place for place in places if run_files(place))


def _targets_of(path: Path) -> Iterator[tuple[str, int]]:
    for content, _ in islice(RunFileReader(path).read(), _RECORDS):
        if content.get("kind") == "layout":
            fields = {k: v for k, v in content.items() if k != "kind"}
            try:
                yield from _keys(schema.read(ColumnHeader, fields).targets)
            except ValueError:
                continue


def _keys(targets: Iterable[Target]) -> set[tuple[str, int]]:
    return {(t.name, t.size) for t in targets if t.layer}
