"""What a search tries: learning rates first, then everything together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import numpy as np

from zoo.recipe import Recipe, divisors
from zoo.searches.record import FREE, PLAIN, Trial, Value
from zoo.tasks import TASKS, Task

LEARNING_RATES = (1e-3, 3e-3, 1e-2)

SHORTEST = 12
"""Steps that are left, at the least, when several are taken as one."""


def trials(task: Task, cell: str, draws: int) -> Iterator[Trial]:
    """The trials of a cell: the same arguments give the same ones.

    Args:
        task: The task.
        cell: Name of the cell.
        draws: How many recipes to draw besides the plain ones.
    """
    for rate in LEARNING_RATES:
        yield Trial(cell=cell, kind=PLAIN, changes={"learning_rate": rate})
    rng = np.random.default_rng(crc32(f"{task.name}/{cell}".encode()))
    for _ in range(draws):
        yield Trial(cell=cell, kind=FREE, changes=_drawn(task, rng))


def _drawn(task: Task, rng: np.random.Generator) -> dict[str, Value]:
    """A recipe of any kind that the task allows."""
    plain = Recipe.of(task.name, cell="gru")
    choices: dict[str, list[Value]] = {
        "learning_rate": [1e-3, 2e-3, 5e-3],
        "units": [plain.units, 2 * plain.units],
        "layers": [1, 2],
        "epochs": [plain.epochs, 2 * plain.epochs],
        "dropout": [0.0, 0.2, 0.4],
        "layer_normalization": [False, True],
    }
    if not task.vocabulary:
        choices["noise"] = [0.0, 0.1, 0.3]
    if not task.every_step:
        choices["bidirectional"] = [True, True, False]
        choices["pooling"] = ["mean", "mean", "last"]
        if not task.masked:
            choices["frame"] = [
                each
                for each in divisors(task.length)
                if each <= 10 and task.length // each >= SHORTEST
            ]
    return {
        name: values[int(rng.integers(len(values)))]
        for name, values in choices.items()
    }


def recipe(task: str, trial: Trial, seed: int) -> Recipe:
    """What is trained for a trial: validation data are not trained on.

    Args:
        task: Name of the task.
        trial: The trial.
        seed: Seed of the training, and of what is carved from the training
            data for validation where that is not decided by time.
    """
    chosen = TASKS[task]
    changes: dict[str, Any] = {**trial.changes}
    if chosen.carved:
        validation = chosen.available["validation"]
        changes["train_size"] = chosen.available["train"] - validation
        changes["validation_size"] = validation
    changes |= {"stop_when_solved": 0, "seed": seed}
    return Recipe.of(task, cell=trial.cell, **changes)
