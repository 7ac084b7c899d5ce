"""Many runs, those left out that were finished before."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from zoo import run_folder
from zoo.events import Event, Finished
from zoo.executors import Executor
from zoo.recipe import Recipe


def train_all(
    recipes: Sequence[Recipe],
    runs: str,
    executor: Executor,
    *,
    resume: bool = False,
) -> Generator[Event, None, None]:
    """Trains every recipe; a run that crashes does not stop the others.

    Leaving the generator early ends the runs that are under way.

    Args:
        recipes: What to train.
        runs: The folder of all runs.
        executor: Who trains.
        resume: Whether a run that is finished, of the same recipe, is kept;
            otherwise it is trained anew.

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
    yield from executor(left, runs)
