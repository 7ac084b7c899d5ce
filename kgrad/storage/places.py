"""A run folder holds one run: a run of another model gets one inside it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kgrad.records import Target, schema
from kgrad.storage.columns import ColumnHeader
from kgrad.storage.run_file import run_files
from kgrad.storage.run_reader import RunFileReader

_RECORDS = 64
"""Records at the beginning of a file in which all its targets are named."""

_MOST = 1000

Key = tuple[str, int]
"""Name and size of a target."""


def place_of(
    folder: str | os.PathLike[str],
    targets: Iterable[Target],
    counted: Collection[str] = (),
) -> Path:
    """The folder, or `run-2` and so on in it, if it has another model's run.

    Two runs are of one model if all targets of one are the other's, too: some
    layers may be frozen in one of them. Layers without a name of their own are
    numbered by Keras, on through the process: a model that is built again has
    `dense_2` where it had `dense`, and remains the same.

    Args:
        folder: The run folder.
        targets: What is trained.
        counted: What Keras calls the layers before it numbers them.
    """
    own = _keys(targets)
    for number in range(1, _MOST):
        place = Path(folder, f"run-{number}") if number > 1 else Path(folder)
        runs = [set(_targets_of(path)) for path in run_files(place)]
        known = [run for run in runs if run]
        if not known or any(_is_one(run, own, counted) for run in known):
            return place
    return Path(folder)


def runs_in(folder: str | os.PathLike[str]) -> list[Path]:
    """The folders inside a run folder that hold further runs."""
    places = [*Path(folder).glob("run-*"), *Path(folder).glob("writer-*")]
    return sorted(place for place in places if run_files(place))


def _is_one(run: set[Key], own: set[Key], counted: Collection[str]) -> bool:
    if run <= own or own <= run:
        return True
    return _counted_anew(run, counted) == _counted_anew(own, counted)


def _counted_anew(run: set[Key], counted: Collection[str]) -> set[Any]:
    """The targets, with the layers of each kind numbered from 0 on."""
    paths = [
        ([_split(part, counted) for part in name.split("/")], size)
        for name, size in run
    ]
    first: dict[str, int] = {}
    for path, _ in paths:
        for kind, number in path:
            first[kind] = min(first.get(kind, number), number)
    return {
        (*((kind, number - first[kind]) for kind, number in path), size)
        for path, size in paths
    }


def _split(part: str, counted: Collection[str]) -> tuple[str, int]:
    """What Keras calls a layer, and the number that it has given to it."""
    kind, _, number = part.rpartition("_")
    of_layer = kind.removeprefix("forward_").removeprefix("backward_")
    if of_layer in counted and number.isdecimal():
        return kind, int(number)
    return part, 0


def _targets_of(path: Path) -> Iterator[Key]:
    for content, _ in islice(RunFileReader(path).read(), _RECORDS):
        if content.get("kind") == "layout":
            fields = {k: v for k, v in content.items() if k != "kind"}
            try:
                yield from _keys(schema.read(ColumnHeader, fields).targets)
            except ValueError:
                continue


def _keys(targets: Iterable[Target]) -> set[Key]:
    return {(t.name, t.size) for t in targets if t.layer}
