"""The progress of a grid of runs: bars, or plain lines."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
)

from zoo.cli.time_left import TimeLeft, in_words
from zoo.recipe import Recipe
from zoo.training.grid import Began, Crashed, Event, Finished, Moved


def display(console: Console, recipes: Sequence[Recipe]) -> Lines | Bars:
    """Bars for a terminal, lines for a file or a log."""
    if console.is_terminal:
        return Bars(console, recipes)
    return Lines(console, recipes)


class Lines:
    """A line when a run begins and another when it ends."""

    def __init__(self, console: Console, recipes: Sequence[Recipe]) -> None:
        self._console = console
        self._runs = len(recipes)
        self._ended = 0
        self._left = TimeLeft(recipes)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def show(self, event: Event) -> None:
        """Takes the next event."""
        self._left.update(event)
        if isinstance(event, Finished) and event.kept:
            self._ended += 1
        elif isinstance(event, Began):
            self._print(f"{event.recipe.folder} begins")
        elif isinstance(event, Finished | Crashed):
            self._ended += 1
            count = f"[{self._ended}/{self._runs}]"
            self._print(f"{count} {event.recipe.folder} {ending(event)}")
            left = in_words(self._left.seconds)
            if self._ended < self._runs and left:
                self._print(f"  {left}")

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class Bars:
    """A bar for all runs, and one for each that is under way."""

    def __init__(self, console: Console, recipes: Sequence[Recipe]) -> None:
        self._runs = len(recipes)
        self._ended = 0
        self._left = TimeLeft(recipes)
        self._bars: dict[str, TaskID] = {}
        self._made: dict[str, int] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TaskProgressColumn(),
            TextColumn("{task.fields[words]}"),
            console=console,
            transient=True,
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
        self._left.update(event)
        name = event.recipe.folder
        if isinstance(event, Began):
            self._bars[name] = self._progress.add_task(
                name, total=self._steps[name], words="compiling"
            )
        elif isinstance(event, Moved):
            self._made[name] = event.step
            self._progress.update(
                self._bars[name], completed=event.step, words=event.words
            )
        else:
            self._end(name, event)
        self._progress.update(
            self._all,
            description=f"{self._ended} of {self._runs} runs",
            completed=sum(self._made.values()),
            words=in_words(self._left.seconds),
        )

    def _end(self, name: str, event: Finished | Crashed) -> None:
        self._ended += 1
        self._made[name] = self._steps[name]
        if name in self._bars:
            self._progress.remove_task(self._bars.pop(name))
        if isinstance(event, Finished) and event.kept:
            return
        self._progress.print(
            f"{name} {ending(event)}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def ending(event: Finished | Crashed) -> str:
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
