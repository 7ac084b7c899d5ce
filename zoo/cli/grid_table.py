"""The table of a grid: which model failed, and what was found in it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo.recipe import Recipe
from zoo.results.tables import STYLES, draw_table, task_table
from zoo.runs.result import FindingRecord, Result
from zoo.tasks import TASKS
from zoo.training.grid import Crashed, Finished


def grid_table(
    recipes: Sequence[Recipe], ended: Mapping[str, Finished | Crashed]
) -> FittedTable:
    """One row per run, in the order of the recipes.

    Args:
        recipes: All runs of the grid, of one task.
        ended: How the runs ended, by `Recipe.folder`.
    """
    task = TASKS[recipes[0].task]
    rows = task_table(
        task,
        (
            Column("model"),
            Column(task.metric),
            Column("", "text"),
            Column("steps/s", spare=1),
        ),
    )
    for recipe in recipes:
        value, verdict, speed, below = _cells(ended.get(recipe.folder))
        rows.add(_model(recipe), value, verdict, speed, below=below)
    return rows


def draw(
    recipes: Sequence[Recipe],
    ended: Mapping[str, Finished | Crashed],
    picture: str | os.PathLike[str],
) -> None:
    """Draws the table as a terminal would show it, into an SVG file.

    Args:
        recipes: All runs of the grid, of one task.
        ended: How the runs ended, by `Recipe.folder`.
        picture: The file.
    """
    title = f"python -m zoo compare {recipes[0].task}"
    draw_table(grid_table(recipes, ended), title, picture)


def _model(recipe: Recipe) -> str:
    return recipe.folder.split("/")[-1]


def _cells(
    event: Finished | Crashed | None,
) -> tuple[str, Text, str, list[Text]]:
    """Metric, verdict, speed, and what stands below the row."""
    if event is None:
        return ("", Text("not finished", "dim"), "", [])
    if isinstance(event, Crashed):
        return ("", Text("crashed", "red"), "", [Text(event.reason)])
    result = event.result
    found = [Text(line) for line in signs(result)]
    return (
        f"{result.test:.3g}",
        Text(result.verdict, STYLES[result.verdict]),
        f"{result.steps_per_second:.0f}",
        found or [Text("no problem found", "green")],
    )


def signs(result: Result) -> list[str]:
    """For each sign since which step, and where first."""
    by_sign: dict[str, list[FindingRecord]] = {}
    for each in result.findings:
        by_sign.setdefault(each.sign, []).append(each)
    return [_line(seen) for seen in by_sign.values()]


def _line(seen: Sequence[FindingRecord]) -> str:
    first = min(seen, key=lambda each: each.first_step)
    more = f" and {len(seen) - 1} more" if len(seen) > 1 else ""
    variable = first.target.split("/")[-1]
    where = f" in {first.layer}/{variable}" if first.layer else ""
    return f"{first.sign}{where} from step {first.first_step}{more}"
