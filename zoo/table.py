"""The table of a grid: which model failed, and what was seen in it."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from zoo.events import Crashed, Finished
from zoo.recipe import Recipe
from zoo.result import Result, Sign
from zoo.results import STYLES, task_table
from zoo.tasks import TASKS

PICTURE_WIDTH = 92
"""Columns of the table in a picture: it is read beside text."""


def table(
    recipes: Sequence[Recipe], ended: Mapping[str, Finished | Crashed]
) -> Table:
    """One row a run, in the order of the recipes.

    Args:
        recipes: All runs of the grid, of one task.
        ended: How those ended that did, by `Recipe.folder`.
    """
    task = TASKS[recipes[0].task]
    rows = task_table(task)
    rows.add_column("model", no_wrap=True)
    rows.add_column(task.metric, justify="right", no_wrap=True)
    rows.add_column("", no_wrap=True)
    rows.add_column("steps/s", justify="right", no_wrap=True)
    rows.add_column("signs @ first step", overflow="fold")
    for recipe in recipes:
        rows.add_row(_model(recipe), *_cells(ended.get(recipe.folder)))
    return rows


def draw(
    recipes: Sequence[Recipe],
    ended: Mapping[str, Finished | Crashed],
    picture: str | os.PathLike[str],
) -> None:
    """Draws the table as a terminal would show it, into an SVG file.

    Args:
        recipes: All runs of the grid, of one task.
        ended: How those ended that did, by `Recipe.folder`.
        picture: The file.
    """
    title = f"python -m zoo compare {recipes[0].task}"
    draw_table(table(recipes, ended), title, picture)


def draw_table(
    rows: Table, title: str, picture: str | os.PathLike[str]
) -> None:
    """Draws any table as a terminal would show it, into an SVG file.

    Args:
        rows: The table.
        title: What is above it: the command that prints it.
        picture: The file.
    """
    paper = Console(width=PICTURE_WIDTH, record=True, file=io.StringIO())
    paper.print(rows)
    drawing = paper.export_svg(title=title)
    # A picture that asks nobody for a font.
    drawing = re.sub(r"@font-face \{.*?\}\s*", "", drawing, flags=re.DOTALL)
    Path(picture).write_text(drawing, encoding="utf-8")


def _model(recipe: Recipe) -> str:
    return recipe.folder.split("/")[-1]


def _cells(event: Finished | Crashed | None) -> tuple[str | Text, ...]:
    if event is None:
        return ("", Text("not finished", "dim"), "", "")
    if isinstance(event, Crashed):
        return ("", Text("crashed", "red"), "", Text(event.reason))
    result = event.result
    return (
        f"{result.test:.3g}",
        Text(result.verdict, STYLES[result.verdict]),
        f"{result.steps_per_second:.0f}",
        Text("\n".join(signs(result)) or "none"),
    )


def signs(result: Result) -> list[str]:
    """For each sign since when and, on a line of its own, where first."""
    by_sign: dict[str, list[Sign]] = {}
    for each in result.findings:
        by_sign.setdefault(each.sign, []).append(each)
    return [_line(seen) for seen in by_sign.values()]


def _line(seen: Sequence[Sign]) -> str:
    first = min(seen, key=lambda each: each.first_step)
    more = f" and {len(seen) - 1} more" if len(seen) > 1 else ""
    variable = first.target.split("/")[-1]
    where = f"\n {first.layer}/{variable}" if first.layer else ""
    return f"{first.sign} @ {first.first_step}{where}{more}"
