"""A run folder holds one run: a run of another model gets one inside it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from kgrad.records import Layer, Setup, Target, schema
from kgrad.storage.columns import ColumnHeader
from kgrad.storage.run_file import run_files
from kgrad.storage.run_reader import RunFileReader

_RECORDS = 64
"""Records at the beginning of a file in which all its targets are named."""

_MOST = 1000

_DIGITS = 10
"""Longer numbers are none of Keras'; Python refuses to read the longest."""

Key = tuple[str, int]
"""Name and size of a target."""


class _Run(NamedTuple):
    """What a run trains: the layer of each target, and all layers by name."""

    targets: dict[Key, str]
    layers: set[str]


def place_of(
    folder: str | os.PathLike[str],
    targets: Iterable[Target],
    layers: Iterable[Layer] = (),
    counted: Collection[str] = (),
) -> Path:
    """The folder, or `run-2` and so on in it, if it has another model's run.

    Two runs are of one model if they have the same targets. One may lack some,
    of layers that it has, but that are frozen. Layers without a name of their
    own are numbered by Keras, on through the process: a model that is built
    again has `dense_2` where it had `dense`, and remains the same.

    Args:
        folder: The run folder.
        targets: What is trained.
        layers: Those of the model, as far as they are known.
        counted: What Keras calls the layers before it numbers them.
    """
    own = _Run(_keys(targets), {_last(layer.name) for layer in layers})
    for number in range(1, _MOST):
        place = Path(folder, f"run-{number}") if number > 1 else Path(folder)
        runs = [_run_of(path) for path in run_files(place)]
        known = [run for run in runs if run.targets]
        if not known or any(_is_one(run, own, counted) for run in known):
            return place
    return Path(folder)


def runs_in(folder: str | os.PathLike[str]) -> list[Path]:
    """The folders inside a run folder that hold further runs."""
    places = [*Path(folder).glob("run-*"), *Path(folder).glob("writer-*")]
    return sorted(place for place in places if run_files(place))


def _is_one(run: _Run, own: _Run, counted: Collection[str]) -> bool:
    for some, all_ in ((run, own), (own, run)):
        if some.targets.keys() <= all_.targets.keys():
            frozen = all_.targets.keys() - some.targets.keys()
            names = {_last(all_.targets[key]) for key in frozen}
            return not some.layers or names <= some.layers
    return _counted_anew(run.targets, counted) == _counted_anew(
        own.targets, counted
    )


def _last(path: str) -> str:
    """The name of a layer: before it is built, its path is not known."""
    return path.rpartition("/")[2]


def _counted_anew(run: Iterable[Key], counted: Collection[str]) -> set[Any]:
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
    if of_layer in counted and number.isdecimal() and len(number) < _DIGITS:
        return kind, int(number)
    return part, 0


def _run_of(path: Path) -> _Run:
    run = _Run({}, set())
    for content, _ in islice(RunFileReader(path).read(), _RECORDS):
        fields = {k: v for k, v in content.items() if k != "kind"}
        with suppress(ValueError):
            if content.get("kind") == "layout":
                header = schema.read(ColumnHeader, fields)
                run.targets.update(_keys(header.targets))
            elif content.get("kind") == "setup":
                layers = schema.read(Setup, fields).layers
                run.layers.update(_last(layer.name) for layer in layers)
    return run


def _keys(targets: Iterable[Target]) -> dict[Key, str]:
    return {(t.name, t.size): t.layer for t in targets if t.layer}
