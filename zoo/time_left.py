"""How long a grid will still take, by what its runs have taken so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import mean

from zoo.events import Began, Event, Finished, Moved
from zoo.recipe import Recipe


class TimeLeft:
    """Learns from every event of a grid.

    A run that waits is expected to take as long as those of the same task
    and cell did, else as those of the same task, else as all; a run that is
    under way counts for what it will have taken at its speed so far.

    Args:
        recipes: All runs of the grid.
        clock: Gives the time in seconds.
    """

    def __init__(
        self,
        recipes: Sequence[Recipe],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._waiting = {recipe.folder: recipe for recipe in recipes}
        self._under_way: dict[str, _UnderWay] = {}
        self._took: list[tuple[Recipe, float]] = []
        self._at_a_time = 1

    def update(self, event: Event) -> None:
        """Takes the next event."""
        name, now = event.recipe.folder, self._clock()
        if isinstance(event, Began):
            self._waiting.pop(name, None)
            self._under_way[name] = _UnderWay(event.recipe, now)
            self._at_a_time = max(self._at_a_time, len(self._under_way))
        elif isinstance(event, Moved):
            self._under_way[name].moved(event.step, now)
        else:
            self._waiting.pop(name, None)
            run = self._under_way.pop(name, None)
            if isinstance(event, Finished):
                seconds = now - run.began if run else event.result.seconds
                self._took.append((event.recipe, seconds))

    @property
    def seconds(self) -> float | None:
        """Seconds left; None as long as nothing is known."""
        runs = self._under_way.values()
        expected = {run.recipe.folder: run.expected for run in runs}
        known = self._took + [
            (run.recipe, seconds)
            for run in runs
            if (seconds := expected[run.recipe.folder]) is not None
        ]
        if not known:
            return None
        now = self._clock()
        left = [_like(recipe, known) for recipe in self._waiting.values()]
        for run in runs:
            whole = expected[run.recipe.folder]
            whole = _like(run.recipe, known) if whole is None else whole
            left.append(max(run.began + whole - now, 0.0))
        return max(sum(left) / self._at_a_time, max(left, default=0.0))


class _UnderWay:
    """A run that has begun."""

    def __init__(self, recipe: Recipe, now: float) -> None:
        self.recipe = recipe
        self.began = now
        self.expected: float | None = None

    def moved(self, step: int, now: float) -> None:
        steps = self.recipe.epochs * self.recipe.steps_per_epoch
        if step:
            self.expected = (now - self.began) / step * steps


def _like(recipe: Recipe, known: Sequence[tuple[Recipe, float]]) -> float:
    """What the runs that are most like this one took, on average."""
    for fields in (("task", "cell"), ("task",), ()):
        seconds = [
            took
            for other, took in known
            if all(getattr(other, f) == getattr(recipe, f) for f in fields)
        ]
        if seconds:
            return mean(seconds)
    raise AssertionError("`known` must not be empty")


def in_words(seconds: float | None) -> str:
    """`"about 2 h 5 min left"`; `""` where nothing is known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return "less than 1 min left"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"about {f'{hours} h ' if hours else ''}{minutes} min left"
