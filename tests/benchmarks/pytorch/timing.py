"""What a step of a recipe takes, in each of three ways."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from tests.benchmarks.pytorch.torch_model import torch_step
from zoo.layers.cells import CELLS
from zoo.model import compiled
from zoo.recipe import Recipe
from zoo.tasks import TASKS

WAYS = ("Keras", "XLA", "PyTorch")

WARM_UP = 3

NOISE = 0.05
"""The other way of Keras is the faster one if it saves more than this share."""


@dataclass(frozen=True)
class Measured:
    """What the steps of a recipe take.

    Args:
        recipe: What is trained.
        seconds: By way, `(rounds,)`, those of a step.
        first_steps: By way, those of the first steps, with tracing and
            compiling.
    """

    recipe: Recipe
    seconds: Mapping[str, np.ndarray]
    first_steps: Mapping[str, float]

    @property
    def name(self) -> str:
        """`"adding LSTM"`."""
        return f"{self.recipe.task} {CELLS[self.recipe.cell].title}"

    @property
    def used(self) -> str:
        """How the recipe trains."""
        return "XLA" if self.recipe.jit_compile else "Keras"

    @property
    def other(self) -> str:
        """How else Keras would."""
        return "Keras" if self.recipe.jit_compile else "XLA"

    @property
    def ratios(self) -> np.ndarray:
        """`(rounds,)`, the step of the recipe over that of PyTorch."""
        return self.seconds[self.used] / self.seconds["PyTorch"]

    @property
    def others(self) -> np.ndarray:
        """`(rounds,)`, the other step of Keras over that of the recipe."""
        return self.seconds[self.other] / self.seconds[self.used]

    @property
    def is_slower(self) -> bool:
        """Whether PyTorch is faster than the recipe."""
        return float(np.median(self.ratios)) > 1

    @property
    def is_in_slower_mode(self) -> bool:
        """Whether the recipe should train the other way."""
        return float(np.median(self.others)) < 1 - NOISE


def measure(recipe: Recipe, rounds: int, seconds: float) -> Measured:
    """Lets the three ways take turns.

    Args:
        recipe: What to train.
        rounds: How many turns each has.
        seconds: How long a turn lasts, but for its last step.
    """
    task = TASKS[recipe.task]
    x, y = task.data("train", recipe.batch_size, length=recipe.length)
    steps = {
        "Keras": keras_step(recipe.changed(jit_compile=False), x, y),
        "XLA": keras_step(recipe.changed(jit_compile=True), x, y),
        "PyTorch": torch_step(recipe, x, y),
    }
    first_steps = {
        way: sum(turn(steps[way], 0) for _ in range(WARM_UP)) for way in WAYS
    }
    turns = [
        {way: turn(steps[way], seconds) for way in WAYS} for _ in range(rounds)
    ]
    steps.clear()
    keras.backend.clear_session()
    gc.collect()
    by_way = {way: np.array([each[way] for each in turns]) for way in WAYS}
    return Measured(recipe, by_way, first_steps)


def keras_step(
    recipe: Recipe, x: np.ndarray, y: np.ndarray
) -> Callable[[], object]:
    """What takes a training step, as `fit` does."""
    model = compiled(recipe)
    iterator = iter(tf.data.Dataset.from_tensors((x, y)).cache().repeat())
    model.make_train_function()
    return lambda: model.train_function(iterator)


def turn(step: Callable[[], object], seconds: float) -> float:
    """Seconds of a step: the mean of as many as fill a turn, 1 or more."""
    start = now = time.perf_counter()
    count = 0
    while not count or now - start < seconds:
        step()
        count += 1
        now = time.perf_counter()
    return (now - start) / count


def chosen(
    tasks: Sequence[str] | None, cells: Sequence[str] | None
) -> list[Recipe]:
    """The base recipes of tasks and cells.

    Args:
        tasks: Their names; by default of all that need no download.
        cells: Their names; by default of all.
    """
    offline = [task.name for task in TASKS if task.offline]
    return [
        Recipe.of(task, cell=cell)
        for task in tasks or offline
        for cell in cells or CELLS.names
    ]
