"""A grid of runs: what happens to them, and which need not be trained again."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from zoo.recipe import Recipe
from zoo.runs import run_folder
from zoo.runs.result import Result
from zoo.training.compared import differing


@dataclass(frozen=True)
class Began:
    """A run began."""

    recipe: Recipe


@dataclass(frozen=True)
class Moved:
    """A run has taken this many steps; `words` say how it is doing."""

    recipe: Recipe
    step: int
    words: str


@dataclass(frozen=True)
class Finished:
    """A run ended with a result.

    Args:
        recipe: What was trained.
        result: Its result.
        warnings: The warnings that were raised meanwhile.
        kept: Whether it had been finished before the grid began.
    """

    recipe: Recipe
    result: Result
    warnings: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True)
class Crashed:
    """A run ended without one; `reason` is a line, `details` all of it."""

    recipe: Recipe
    reason: str
    details: str = ""


Event = Began | Moved | Finished | Crashed


class Executor(Protocol):
    """Trains recipes, several at a time."""

    def __call__(
        self, recipes: Sequence[Recipe], runs: str, compared: Sequence[str]
    ) -> Generator[Event, None, None]:
        """Trains every recipe; a run that crashes does not stop the others.

        Of each run it yields `Began`, perhaps `Moved`, and at the end
        `Finished` or `Crashed`. Closing the generator early ends the runs
        that are under way.

        Args:
            recipes: What to train.
            runs: The folder of all runs, on this machine.
            compared: What the runs of the grid differ in.
        """


def train_all(
    recipes: Sequence[Recipe],
    runs: str,
    executor: Executor,
    *,
    resume: bool = False,
) -> Generator[Event, None, None]:
    """Trains every recipe; a run that crashes does not stop the others.

    Closing the generator early ends the runs that are under way.

    Args:
        recipes: What to train.
        runs: The folder of all runs.
        executor: What trains them.
        resume: Whether finished runs of the same recipe are kept; otherwise
            they are trained again.

    Yields:
        What happens to the runs, as it happens; first those that are kept.
    """
    left = []
    for recipe in recipes:
        result = run_folder.finished(runs, recipe) if resume else None
        if result is None:
            left.append(recipe)
        else:
            yield Finished(recipe, result, kept=True)
    yield from executor(left, runs, differing(recipes))
