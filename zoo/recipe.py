"""A run in full: the model, its data and how it is trained, in one record."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kgrad.records.schema import values_of
from zoo import schema
from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.searches.record import PLAIN, found
from zoo.tasks import TASKS

FILE = "recipe.json"
OPTIMIZERS = ("adam", "adamw", "rmsprop", "sgd")
POOLINGS = ("last", "mean")

_CPU_INFO = Path("/proc/cpuinfo")


def versions() -> dict[str, str]:
    """What can change the last bits of a result: packages and processor."""
    packages = ("kgrad", "keras", "tensorflow", "numpy")
    return (
        {"python": platform.python_version()}
        | {package: version(package) for package in packages}
        | {"cpu": cpu()}
    )


def cpu() -> str:
    """The kind of processor: TensorFlow and XLA round differently on each.

    On Linux vendor, family and model, "AuthenticAMD 25 17", which the names
    of virtual machines hide. Elsewhere what Python knows.
    """
    if not _CPU_INFO.exists():
        return platform.processor() or platform.machine()
    lines = _CPU_INFO.read_text().splitlines()
    pairs = (line.partition(":") for line in lines)
    known = {key.strip(): value.strip() for key, _, value in pairs}
    wanted = ("vendor_id", "cpu family", "model")
    return " ".join(known[k] for k in wanted if k in known) or (
        platform.machine()
    )


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A model, its data and how it is trained.

    Training the same recipe again on the same machine, with the same
    versions, gives the same weights to the last bit.

    Args:
        task: Name of a task.
        task_version: Version of the task's data.
        cell: Name of a cell.
        variant: Name of a variant.
        length: Time steps of a sample.
        units: Units of each recurrent layer, 1 to 2^20, as are `batch_size`
            and `epochs`.
        layers: Recurrent layers on top of each other, 1 to 8.
        bidirectional: Whether each of them also runs from the end.
        pooling: What the readout of a task with one answer sees: `"last"`,
            the last state, or `"mean"`, the mean over time.
        frame: Consecutive steps that the first layer takes as one, a divisor
            of `length`; 1 where steps are masked, are words, or have answers.
        noise: Standard deviation of the noise on the input in training.
        dropout: Share of each recurrent layer's outputs, at least 0 and less
            than 1, that is left out in training.
        layer_normalization: Whether each recurrent layer is followed by one.
        optimizer: One of `OPTIMIZERS`.
        learning_rate: Above 0.
        decay: Whether the learning rate falls to zero over the run, along
            half a cosine.
        clipnorm: Largest gradient norm of a variable, above 0; None for no
            clipping.
        batch_size: 1 or more.
        epochs: Maximum number of epochs, 1 or more.
        stop_when_solved: Stop after this many epochs in a row in which the
            validation data were solved; 0 to train all epochs.
        train_size: Samples to train on.
        validation_size: Samples to validate on after each epoch; 0 for none.
        test_size: Samples to measure the result on.
        seed: 0 or more; determines the data, the initial weights and the
            order of the samples.
        jit_compile: Whether XLA compiles the step. It changes results in
            their last bits, so it is part of the recipe.
        versions: Of packages and processor, as `zoo.recipe.versions`.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of range.
    """

    task: str
    task_version: int
    cell: str
    variant: str
    length: int
    units: int = 50
    layers: int = 1
    bidirectional: bool = False
    pooling: str = "last"
    frame: int = 1
    noise: float = 0.0
    dropout: float = 0.0
    layer_normalization: bool = False
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    decay: bool = False
    clipnorm: float | None = None
    batch_size: int = 64
    epochs: int = 20
    stop_when_solved: int = 2
    train_size: int = 5000
    validation_size: int = 500
    test_size: int = 2000
    seed: int = 0
    jit_compile: bool = False
    versions: Mapping[str, str] = field(default_factory=versions)

    def __post_init__(self) -> None:
        _require_types(self)
        task = TASKS[self.task]
        _ = CELLS[self.cell]
        VARIANTS[self.variant].require_task(self.task)
        if self.task_version != task.version:
            raise ValueError(
                f"`task_version` must be {task.version}: the data of task "
                f"{self.task!r} have changed. "
                f"Received: task_version={self.task_version}"
            )
        _require(self, "optimizer", OPTIMIZERS.__contains__, OPTIMIZERS)
        task.require_length(self.length)
        task.require_sizes(
            self.train_size, self.validation_size, self.test_size
        )
        for name in ("units", "batch_size", "epochs"):
            _require(self, name, _is_count, f"1 to {_MOST}")
        for name in ("seed", "stop_when_solved"):
            _require(self, name, lambda value: value >= 0, "0 or more")
        _require(self, "learning_rate", _is_positive, "above 0")
        if self.clipnorm is not None:
            _require(self, "clipnorm", _is_positive, "above 0")
        if not self.validation_size:
            _require(self, "stop_when_solved", lambda x: not x, "0")
        _require(self, "layers", lambda x: 1 <= x <= 8, "1 to 8")
        _require(self, "pooling", POOLINGS.__contains__, POOLINGS)
        if task.every_step:
            _require(self, "pooling", lambda x: x == "last", "'last'")
        frames = divisors(self.length)
        if task.masked or task.vocabulary or task.every_step:
            frames = [1]
        _require(self, "frame", frames.__contains__, frames)
        _require(self, "noise", lambda x: x >= 0, "0 or more")
        _require(self, "dropout", lambda x: 0 <= x < 1, "0 to below 1")

    @classmethod
    def of(
        cls, task: str, *, cell: str, variant: str = "base", **changes: Any
    ) -> Recipe:
        """The zoo's recipe for a model.

        The task sets fields first, then its entry for the cell, then the
        task's search, then the variant, then the changes.

        Args:
            task: Name of a task.
            cell: Name of a cell.
            variant: Name of a variant.
            changes: Fields of the recipe to set.

        Raises:
            TypeError: If a change is not a field, or has the wrong type.
            ValueError: If a name is unknown or a value out of range.
        """
        chosen = TASKS[task]
        _require_fields(changes)
        values = {
            "task_version": chosen.version,
            "length": chosen.length,
            **{f"{k}_size": size for k, size in chosen.available.items()},
            **chosen.recipe,
            **chosen.recipe_by_cell.get(CELLS[cell].name, {}),
            **found(task, cell, PLAIN),
            **VARIANTS[variant].recipe_for(task, cell),
            **changes,
        }
        return cls(task=task, cell=cell, variant=variant, **values)

    @property
    def model(self) -> str:
        """Cell and variant, `"lstm-clipnorm"`: unique within a task."""
        return f"{self.cell}-{self.variant}"

    @property
    def folder(self) -> str:
        """Where the run goes, relative to the folder of all runs."""
        seed = f"-seed{self.seed}" if self.seed else ""
        return f"{self.task}/{self.model}{seed}"

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps of one epoch."""
        return math.ceil(self.train_size / self.batch_size)

    def changed(self, **changes: Any) -> Recipe:
        """The same recipe with some fields changed.

        Raises:
            TypeError: If a change is not a field, or has the wrong type.
            ValueError: If a value is out of range.
        """
        _require_fields(changes)
        return replace(self, **changes)

    def with_installed_versions(self) -> Recipe:
        """The same recipe with the versions that are installed here."""
        return replace(self, versions=versions())

    def to_json(self) -> str:
        """The recipe as text."""
        return schema.to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """The recipe that `to_json` wrote.

        Raises:
            ValueError: If the text is not that of a recipe.
        """
        return schema.read(cls, text)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes `recipe.json` into a run folder."""
        (Path(folder) / FILE).write_text(self.to_json(), encoding="utf-8")


def _require_fields(changes: Mapping[str, Any]) -> None:
    names = [each.name for each in fields(Recipe)]
    for name, value in changes.items():
        if name not in names:
            raise TypeError(
                f"`changes` must be fields of a recipe. Allowed: {names}. "
                f"Received: {name}={value!r}"
            )


def _require_types(recipe: Recipe) -> None:
    try:
        values_of(Recipe, vars(recipe), whole=True)
    except ValueError as error:
        raise TypeError(str(error)) from error


def _require(
    recipe: Recipe, name: str, allowed: Callable[[Any], bool], rule: object
) -> None:
    value = getattr(recipe, name)
    if not allowed(value):
        raise ValueError(
            f"`{name}` must be valid. Allowed: {rule}. "
            f"Received: {name}={value!r}"
        )


_MOST = 2**20
"""More than any model here needs: a recipe may come from anywhere."""


def divisors(number: int) -> list[int]:
    """The whole numbers that divide another, the smallest first."""
    return [each for each in range(1, number + 1) if number % each == 0]


def _is_count(value: int) -> bool:
    return 1 <= value <= _MOST


def _is_positive(value: float) -> bool:
    return 0 < value <= sys.float_info.max
