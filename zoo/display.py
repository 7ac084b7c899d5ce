"""How a grid of runs shows that it goes on: bars, or plain lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from zoo.grid import Began, Crashed, Event, Finished, Moved
from zoo.recipe import Recipe


class Display(Protocol):
    """Shows what happens to the runs of a grid."""

    def __enter__(self) -> Display: ...

    def __exit__(self, *error: object) -> None: ...

    def show(self, event: Event) -> None:
        """Takes the next event."""


def display(console: Console, recipes: Sequence[Recipe]) -> Display:
    """Bars for a terminal, lines for a file or a log."""
    if console.is_terminal:
        return Bars(console, recipes)
    return Lines(console, recipes)


class Lines:
    """A line when a run begins and one when it ends."""

    def __init__(self, console: Console, recipes: Sequence[Recipe]) -> None:
        self._console = console
        self._runs = len(recipes)
        self._ended = 0

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def show(self, event: Event) -> None:
        """Takes the next event."""
        if isinstance(event, Began):
            self._print(f"{event.recipe.folder} begins")
        elif isinstance(event, Finished | Crashed):
            self._ended += 1
            count = f"[{self._ended}/{self._runs}]"
            self._print(f"{count} {event.recipe.folder} {outcome(event)}")

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class Bars:
    """One bar for all runs, and one for each that is under way."""

    def __init__(self, console: Console, recipes: Sequence[Recipe]) -> None:
        self._runs = len(recipes)
        self._ended = 0
        self._bars: dict[str, TaskID] = {}
        self._made: dict[str, int] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[words]}"),
            console=console,
            transient=True,
            speed_estimate_period=60,
        )
        self._steps = {r.folder: _steps(r) for r in recipes}
        self._all = self._progress.add_task(
            f"0 of {self._runs} runs", total=sum(self._steps.values()), words=""
        )

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def show(self, event: Event) -> None:
        """Takes the next event."""
        name = event.recipe.folder
        if isinstance(event, Began):
            self._bars[name] = self._progress.add_task(
                name.split("/")[-1],
                total=self._steps[name],
                words="compiling",
            )
        elif isinstance(event, Moved):
            self._move(name, event.step, event.words)
        else:
            self._end(name, event)

    def _move(self, name: str, step: int, words: str) -> None:
        self._made[name] = step
        self._progress.update(self._bars[name], completed=step, words=words)
        self._progress.update(self._all, completed=sum(self._made.values()))

    def _end(self, name: str, event: Finished | Crashed) -> None:
        self._move(name, self._steps[name], "")
        self._progress.remove_task(self._bars.pop(name))
        self._ended += 1
        self._progress.update(
            self._all, description=f"{self._ended} of {self._runs} runs"
        )
        self._progress.print(
            f"{name} {outcome(event)}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def outcome(event: Finished | Crashed) -> str:
    """How a run ended, in a few words."""
    if isinstance(event, Crashed):
        return f"crashed: {event.reason}"
    result = event.result
    return "\n  ".join(
        (
            f"{result.verdict}: {result.metric} {result.test:.3g} "
            f"in {result.seconds:.0f} s",
            *event.warnings,
        )
    )


def _steps(recipe: Recipe) -> int:
    return recipe.epochs * recipe.steps_per_epoch
