"""A run in full: the model, its data and how it is trained, in one record."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from zoo import schema
from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.tasks import TASKS

FILE = "recipe.json"
OPTIMIZERS = ("adam", "adamw", "rmsprop", "sgd")

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
        units: Units of the recurrent layer, 1 to 2^20, as are `batch_size`
            and `epochs`.
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
        validation_size: Samples to validate on after each epoch.
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
        for split in ("train", "validation", "test"):
            task.require_size(split, getattr(self, f"{split}_size"))
        for name in ("units", "batch_size", "epochs"):
            _require(self, name, _is_count, f"1 to {_MOST}")
        for name in ("seed", "stop_when_solved"):
            _require(self, name, lambda value: value >= 0, "0 or more")
        _require(self, "learning_rate", _is_positive, "above 0")
        if self.clipnorm is not None:
            _require(self, "clipnorm", _is_positive, "above 0")

    @classmethod
    def of(
        cls, task: str, *, cell: str, variant: str = "base", **changes: Any
    ) -> Recipe:
        """The zoo's recipe for a model.

        The task sets fields first, then its entry for the cell, then the
        variant, then the changes.

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
            **VARIANTS[variant].recipe,
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
    names = list(schema.types_of(Recipe))
    for name, value in changes.items():
        if name not in names:
            raise TypeError(
                f"`changes` must be fields of a recipe. Allowed: {names}. "
                f"Received: {name}={value!r}"
            )


def _require_types(recipe: Recipe) -> None:
    try:
        schema.values_of(Recipe, vars(recipe))
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


def _is_count(value: int) -> bool:
    return 1 <= value <= _MOST


def _is_positive(value: float) -> bool:
    return 0 < value <= sys.float_info.max
