"""Runs in several processes of this machine."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from zoo.recipe import Recipe
from zoo.runs.result import Result
from zoo.training import pool
from zoo.training.grid import Began, Crashed, Event, Finished, Moved

Outcome = tuple[Result, tuple[str, ...]]
"""A result, and the warnings that were raised on the way."""


def train_alone(
    recipe: Recipe,
    report: Callable[[tuple[int, str]], None],
    runs: str | os.PathLike[str],
    compared: Sequence[str],
) -> Outcome:
    """Trains a recipe in a process that trains nothing else meanwhile.

    Args:
        recipe: What to train.
        report: Given the step and a few words on how training is doing.
        runs: The folder of all runs.
        compared: As `train` has it.
    """
    import keras

    from zoo.training.train import train

    # What earlier runs left behind would slow down the later ones.
    keras.utils.clear_session()
    with warnings.catch_warnings(record=True) as caught:
        result = train(
            recipe, runs, lambda *progress: report(progress), compared
        )
    messages = dict.fromkeys(str(each.message) for each in caught)
    return result, tuple(messages)


@dataclass(frozen=True)
class Processes:
    """Trains in processes of one thread each.

    Args:
        count: How many at a time, 1 or more.

    Raises:
        ValueError: If `count` is below 1.
    """

    count: int = 2

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(
                f"`count` must be at least 1. Received: count={self.count}"
            )

    def __call__(
        self, recipes: Sequence[Recipe], runs: str, compared: Sequence[str]
    ) -> Generator[Event, None, None]:
        """Trains every recipe, as `Executor` says."""
        job = partial(train_alone, runs=runs, compared=compared)
        with closing(pool.run(job, recipes, self.count)) as updates:
            yield from map(_event, updates)


def _event(update: pool.Update[Recipe]) -> Event:
    recipe = update.item
    match update:
        case pool.Reported():
            return Moved(recipe, *update.value)
        case pool.Done():
            return Finished(recipe, *update.value)
        case pool.Failed():
            return Crashed(recipe, update.reason, update.details)
    return Began(recipe)
