"""Tables of results in a terminal, in a picture and as CSV."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo.results.text import mean_and_spread, short
from zoo.runs.result import FindingRecord
from zoo.runs.summary import Summary
from zoo.tasks import Task

PICTURE_WIDTH = 92
"""Columns of a table in a picture, which is shown next to text."""

_WIDEST = 200

STYLES = {"solved": "green", "learns": "yellow", "fails": "red"}

COLUMNS = (
    "task",
    "task_version",
    "cell",
    "variant",
    "seed",
    "shipped",
    "metric",
    "test",
    "validation",
    "train",
    "chance",
    "solved",
    "verdict",
    "horizon",
    "epochs",
    "steps",
    "seconds",
    "findings",
)
"""Of the CSV file, which has a row for every seed of every model."""


def results_tables(summaries: Sequence[Summary]) -> Group:
    """A table for each task, with a row for each model.

    Args:
        summaries: What to show, in their order.
    """
    tasks = {summary.recipe.task: summary.task for summary in summaries}
    tables = [
        _table(task, [s for s in summaries if s.recipe.task == task.name])
        for task in tasks.values()
    ]
    note = (
        "Mean and standard deviation over the seeds, and how many solved the "
        "task. Verdict, horizon and sign are those of the median seed."
    )
    return Group(*spaced(tables), note)


def spaced(tables: Iterable[FittedTable]) -> Iterator[RenderableType]:
    """The tables, an empty line after each."""
    for table in tables:
        yield table
        yield ""


def levels(task: Task) -> str:
    """What a metric is compared with: `"chance 0.25, solved ≥ 0.95"`."""
    order = "≥" if task.higher_is_better else "≤"
    return f"chance {short(task.chance)}, solved {order} {short(task.solved)}"


def task_table(task: Task, columns: Sequence[Column]) -> FittedTable:
    """An empty table whose title says what its numbers are compared with."""
    return FittedTable(
        columns, f"{task.name}: {task.metric} on test data, {levels(task)}"
    )


def _table(task: Task, summaries: Sequence[Summary]) -> FittedTable:
    table = task_table(
        task,
        (
            Column("model"),
            Column("mean ± spread"),
            Column("solved"),
            Column("median", "text", 2),
            Column("horizon", spare=1),
            Column("sign @ first step", "text", 3),
        ),
    )
    for summary in summaries:
        table.add(
            summary.recipe.model,
            mean_and_spread(summary.mean, summary.spread),
            f"{summary.solved}/{len(summary.results)}",
            Text(summary.verdict, STYLES[summary.verdict]),
            str(summary.median.horizon or "-"),
            at_first_step(summary.main_finding),
        )
    return table


def at_first_step(finding: FindingRecord | None) -> str:
    """`"exploding @ 12"`, or `"none"`."""
    return f"{finding.sign} @ {finding.first_step}" if finding else "none"


def draw_table(
    table: RenderableType, title: str, picture: str | os.PathLike[str]
) -> None:
    """Draws a table as a terminal would show it, into an SVG file.

    Args:
        table: The table.
        title: What is written above it: the command that prints it.
        picture: The file.
    """
    paper = Console(width=PICTURE_WIDTH, record=True, file=io.StringIO())
    # A table that cannot be as narrow as that is not cut.
    wide = Console(width=_WIDEST, file=io.StringIO())
    paper.width = max(PICTURE_WIDTH, wide.measure(table).minimum)
    paper.print(table)
    drawing = paper.export_svg(title=title)
    # A picture that downloads no font.
    drawing = re.sub(r"@font-face \{.*?\}\s*", "", drawing, flags=re.DOTALL)
    Path(picture).write_text(drawing, encoding="utf-8")


def to_csv(summaries: Sequence[Summary]) -> str:
    """Every seed of every model, as comma-separated values.

    A missing number is `nan`; findings are `sign@first_step`, separated by
    spaces.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for summary in summaries:
        for result in summary.results:
            found = dict.fromkeys(
                f"{each.sign}@{each.first_step}" for each in result.findings
            )
            values = {
                name: value
                for name, value in vars(result).items()
                if name in COLUMNS
            }
            writer.writerow(
                values
                | {
                    "cell": summary.recipe.cell,
                    "variant": summary.recipe.variant,
                    "shipped": int(result.seed == summary.recipe.seed),
                    "findings": " ".join(found),
                }
            )
    return text.getvalue()
