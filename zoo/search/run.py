"""Trains the trials of a search, several at a time, and writes them down."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.progress import track

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo.layers.cells import CELLS
from zoo.search import space
from zoo.searches.record import FREE, PLAIN, Search, Trial, read, write
from zoo.tasks import TASKS, Task
from zoo.training import pool

Item = tuple[str, Trial, tuple[int, ...]]


def search(
    task: Task,
    folder: Path,
    *,
    cells: Sequence[str],
    draws: int,
    seeds: int,
    processes: int,
    console: Console,
) -> Search:
    """Tries recipes for a task; trials of an earlier search are kept.

    Args:
        task: The task.
        folder: Where `TASK.json` goes.
        cells: Names of the cells.
        draws: Recipes of any kind for each cell, besides the plain ones.
        seeds: Trainings of each.
        processes: Trainings at a time.
        console: Where the bar is.
    """
    file = folder / f"{task.name}.json"
    known = read(file)
    done = list(known.trials) if known else []
    kept = {_key(trial) for trial in done}
    items = [
        (task.name, trial, tuple(range(seeds)))
        for cell in cells
        for trial in space.trials(task, cell, draws)
        if _key(trial) not in kept
    ]

    def record() -> Search:
        return Search(
            task=task.name,
            task_version=task.version,
            higher_is_better=task.higher_is_better,
            trials=tuple(done),
        )

    with closing(pool.run(tried, items, processes)) as updates:
        ended = (u for u in updates if isinstance(u, pool.Done | pool.Failed))
        for update in track(
            ended, task.name, total=len(items), console=console
        ):
            if isinstance(update, pool.Failed):
                console.print(f"{update.item}: {update.reason}", markup=False)
                continue
            done.append(update.value)
            write(file, record())
    return record()


def tried(item: Item, report: Callable[[object], None]) -> Trial:
    """Trains a trial with each seed, without the monitor."""
    task, trial, seeds = item
    began = time.perf_counter()
    scores = [_validated(task, trial, seed) for seed in seeds]
    return replace(
        trial,
        metric=tuple(metric for metric, _ in scores),
        loss=tuple(loss for _, loss in scores),
        seconds=round(time.perf_counter() - began, 1),
    )


def _validated(task: str, trial: Trial, seed: int) -> tuple[float, float]:
    """Metric and loss on the validation data."""
    import keras

    from zoo.model import compiled

    recipe = space.recipe(task, trial, seed)
    chosen = TASKS[task]
    keras.utils.set_random_seed(seed)
    model = compiled(recipe)
    length = recipe.length
    x, y = chosen.data("train", recipe.train_size, length=length, seed=seed)
    model.fit(
        x, y, batch_size=recipe.batch_size, epochs=recipe.epochs, verbose=0
    )
    x, y = chosen.data(
        "validation", recipe.validation_size, length=length, seed=seed
    )
    logs = model.evaluate(x, y, verbose=0, return_dict=True)
    return float(logs[chosen.metric]), float(logs["loss"])


def table(found: Search) -> FittedTable:
    """What a search chose for each cell."""
    rows = FittedTable(
        (
            Column("cell"),
            Column("recipe"),
            Column("validation"),
            Column("changes", "text", 1),
        )
    )
    for cell in CELLS.names:
        for kind in (PLAIN, FREE):
            trial = found.chosen(cell, kind)
            if trial is not None:
                changes = (f"{k}={v}" for k, v in trial.changes.items())
                rows.add(
                    cell, kind, f"{fmean(trial.metric):.3g}", " ".join(changes)
                )
    return rows


def _key(trial: Trial) -> str:
    return repr((trial.cell, sorted(trial.changes.items())))
