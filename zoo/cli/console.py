"""A grid of runs on the console: progress, table, and what to do next."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from zoo.cli.display import display
from zoo.cli.grid_table import draw, grid_table
from zoo.layers.cells import CELLS
from zoo.recipe import Recipe
from zoo.results.tables import results_tables
from zoo.runs.summary import Summary, in_order
from zoo.training.grid import Crashed, Event, Executor, Finished, train_all

DEMO_VARIANTS = ("base", "clipnorm", "batchnorm")

INTERRUPTED = 130
"""Exit code of a program that was ended by Ctrl-C."""


def demo_grid(task: str, seed: int = 0) -> list[Recipe]:
    """Every cell with every variant of the demo.

    Args:
        task: Name of the task.
        seed: Seed of all runs.
    """
    return [
        Recipe.of(task, cell=cell, variant=variant, seed=seed)
        for cell in CELLS.names
        for variant in DEMO_VARIANTS
    ]


def run(
    recipes: Sequence[Recipe],
    runs: str,
    executor: Executor,
    *,
    resume: bool = False,
    picture: str | None = None,
    console: Console | None = None,
) -> int:
    """Trains recipes, and shows their progress and their results.

    Args:
        recipes: What to train.
        runs: The folder of all runs.
        executor: What trains them.
        resume: Whether finished runs are kept.
        picture: SVG file to draw the first task's table into as well.
        console: Where to show it.

    Returns:
        The exit code: 0, 1 if a run crashed, 130 after Ctrl-C.
    """
    console = console or Console()
    ended: dict[str, Finished | Crashed] = {}
    code = 0
    try:
        with (
            closing(
                train_all(recipes, runs, executor, resume=resume)
            ) as events,
            display(console, recipes) as shown,
        ):
            for event in events:
                # First, so that after Ctrl-C nothing that was shown is lost.
                if isinstance(event, Finished | Crashed):
                    ended[event.recipe.folder] = event
                shown.show(event)
    except KeyboardInterrupt:
        console.print("Interrupted. Finished so far:")
        code = INTERRUPTED
    _conclude(console, recipes, ended, runs)
    if picture is not None:
        of_task = [r for r in recipes if r.task == recipes[0].task]
        draw(of_task, ended, picture)
    crashed = any(isinstance(event, Crashed) for event in ended.values())
    return code or int(crashed)


def _conclude(
    console: Console,
    recipes: Sequence[Recipe],
    ended: dict[str, Finished | Crashed],
    runs: str,
) -> None:
    for event in ended.values():
        if isinstance(event, Crashed) and event.details:
            _say(console, f"{event.recipe.folder}\n{event.details}")
    kept = sum(isinstance(e, Finished) and e.kept for e in ended.values())
    if kept:
        runs_ = f"{kept} of {len(recipes)} runs"
        _say(console, f"{runs_} were already finished and have been kept.")
    tasks = list(dict.fromkeys(recipe.task for recipe in recipes))
    if _has_several_seeds(recipes):
        _sum_up(console, recipes, ended)
    else:
        for task in tasks:
            of_task = [recipe for recipe in recipes if recipe.task == task]
            console.print(grid_table(of_task, ended))
    sick = next(
        (r for r in recipes if _has_findings(ended.get(r.folder))), None
    )
    if sick is not None:
        _say(console, "What was found in the first one, and what to change:")
        _command(console, "kgrad", "report", Path(runs, sick.folder))
    folder = Path(runs, tasks[0]) if len(tasks) == 1 else Path(runs)
    _say(console, "All curves, side by side:")
    _command(console, "tensorboard", "--logdir", folder)


def _has_several_seeds(recipes: Sequence[Recipe]) -> bool:
    """Whether there are several runs of a model, by nothing but the seed."""
    models = {(recipe.task, recipe.model) for recipe in recipes}
    plain = [replace(recipe, seed=0).to_json() for recipe in recipes]
    return len(set(plain)) == len(models) < len(recipes)


def _sum_up(
    console: Console,
    recipes: Sequence[Recipe],
    ended: dict[str, Finished | Crashed],
) -> None:
    """One row for all seeds of a model, and the runs that are missing."""
    by_name: dict[str, list[Finished]] = {}
    for event in ended.values():
        if isinstance(event, Finished):
            name = f"{event.recipe.task}/{event.recipe.model}"
            by_name.setdefault(name, []).append(event)
    if by_name:
        runs = (
            [(event.recipe, event.result) for event in events]
            for events in by_name.values()
        )
        console.print(results_tables(in_order(map(Summary.of, runs))))
    for recipe in recipes:
        how = ended.get(recipe.folder)
        if isinstance(how, Crashed):
            _say(console, f"{recipe.folder} crashed: {how.reason}")
    missing = len(recipes) - len(ended)
    if missing:
        _say(console, f"Not finished: {missing} of {len(recipes)} runs.")


def _has_findings(event: Event | None) -> bool:
    return isinstance(event, Finished) and bool(event.result.findings)


def _command(console: Console, program: str, *arguments: str | Path) -> None:
    """Prints a command that can be run as it stands."""
    words = [_program(program), *map(str, arguments)]
    _say(console, f"  {shlex.join(words)}")


def _program(name: str) -> str:
    """The program installed with this Python, by path if a shell needs it."""
    here = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    if found is not None and Path(found).samefile(here):
        return name
    return os.path.relpath(here)


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
