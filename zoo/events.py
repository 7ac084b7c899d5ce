"""What happens to the runs of a grid, told one by one."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.recipe import Recipe
from zoo.runs.result import Result


@dataclass(frozen=True)
class Began:
    """A run began."""

    recipe: Recipe


@dataclass(frozen=True)
class Moved:
    """A run has made so many steps; `words` say how it goes."""

    recipe: Recipe
    step: int
    words: str


@dataclass(frozen=True)
class Finished:
    """A run ended with a result, and perhaps with warnings.

    Args:
        recipe: What was trained.
        result: What came of it.
        warnings: What was said meanwhile.
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
