"""Who trains the runs of a grid: one way a file, behind one interface."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol

from zoo.events import Event
from zoo.recipe import Recipe


class Executor(Protocol):
    """Trains recipes, several at a time."""

    def __call__(
        self, recipes: Sequence[Recipe], runs: str
    ) -> Generator[Event, None, None]:
        """Trains every recipe; a run that crashes does not stop the others.

        Of each run it tells `Began`, perhaps `Moved`, and at the end
        `Finished` or `Crashed`. Leaving the generator early ends the runs
        that are under way.

        Args:
            recipes: What to train.
            runs: The folder of all runs, on this machine.
        """
