"""How long a grid will still take, estimated from its runs so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from statistics import mean

from zoo.pretrained import preset
from zoo.recipe import Recipe
from zoo.training.grid import Began, Event, Finished, Moved

_SECONDS_TO_JUDGE = 1.0
"""How long a run must have reported before its speed counts."""


class TimeLeft:
    """Learns from every event of a grid.

    A waiting run is expected to take as long as runs of the same task and
    cell did, or else of the same task, or else as all runs, each in proportion
    to what their presets took: an LSTM that waits behind a SimpleRNN is known
    to take longer. A run under way counts with its total time at its speed so
    far.

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
        """Seconds left; None while nothing is known."""
        runs = self._under_way.values()
        under_way = [
            (run.recipe, run.expected)
            for run in runs
            if run.expected is not None
        ]
        if not (self._took or under_way):
            return None

        def expected(recipe: Recipe) -> float:
            return _like(recipe, self._took, under_way)

        now = self._clock()
        left = [expected(recipe) for recipe in self._waiting.values()]
        for run in runs:
            whole = run.expected
            whole = expected(run.recipe) if whole is None else whole
            left.append(max(run.began + whole - now, 0.0))
        return max(sum(left) / self._at_a_time, max(left, default=0.0))


class _UnderWay:
    """A run that has begun."""

    def __init__(self, recipe: Recipe, now: float) -> None:
        self.recipe = recipe
        self.began = now
        self.expected: float | None = None
        self._first: tuple[int, float] | None = None

    def moved(self, step: int, now: float) -> None:
        """Its speed counts from its first report: before that it compiled."""
        first, since = self._first = self._first or (step, now)
        if step > first and now - since >= _SECONDS_TO_JUDGE:
            steps = _steps(self.recipe)
            rest = (now - since) / (step - first) * (steps - first)
            self.expected = since - self.began + rest


def _like(recipe: Recipe, *known: Sequence[tuple[Recipe, float]]) -> float:
    """The average time of the runs that are most like this one.

    Args:
        recipe: The recipe of this run.
        known: Recipes and seconds, the preferred source first.
    """
    for fields in (("task", "cell"), ("task",), ()):
        for runs in known:
            seconds = [
                took * _times_as_long(recipe, other)
                for other, took in runs
                if all(getattr(other, f) == getattr(recipe, f) for f in fields)
            ]
            if seconds:
                return mean(seconds)
    raise AssertionError("something must be known")


def _times_as_long(recipe: Recipe, other: Recipe) -> float:
    """How long a recipe takes, compared with another; 1 if not known."""
    own, others = (
        _steps(each) * _seconds_per_step(each.task, each.model)
        for each in (recipe, other)
    )
    return own / others if own and others else 1.0


@cache
def _seconds_per_step(task: str, model: str) -> float:
    """What a preset took for each step that was planned; 0 if not known."""
    try:
        shipped = preset.read(preset.PRESETS / task / model).summary
    except (FileNotFoundError, ValueError):
        return 0.0
    return shipped.median.seconds / _steps(shipped.recipe)


def _steps(recipe: Recipe) -> int:
    return recipe.epochs * recipe.steps_per_epoch


def in_words(seconds: float | None) -> str:
    """`"about 2 h 5 min left"`; `""` if unknown."""
    if seconds is None:
        return ""
    if seconds < 60:
        return "less than 1 min left"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"about {f'{hours} h ' if hours else ''}{minutes} min left"
