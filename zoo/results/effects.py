"""What a remedy did to a model, judged by all seeds of both.

A change *helped* on a task if every seed with it did better than every seed
without it, and the median improved by at least 2% of the way from chance to
solved; it *hurt* if the same holds the other way round. Anything else is *no
difference*: the seeds of one model differ as much as the change makes them.
NaN is worse than any number.

With three seeds each, models that do not differ are separated like this by
chance one time in ten; with fewer seeds nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from rich.console import Group
from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo.results.tables import spaced, task_table
from zoo.results.text import short
from zoo.runs.summary import Summary, quality
from zoo.tasks import Task

Outcome = Literal["helped", "no difference", "hurt", "too few seeds"]

MIN_SEEDS = 3
"""Of each model, below which nothing is concluded."""

MARGIN = 0.02
"""Part of the way from chance to solved that counts as a difference."""

_STYLES = {"helped": "green", "hurt": "red"}


@dataclass(frozen=True)
class Effect:
    """One comparison.

    Args:
        without: The model without the change.
        changed: The same with a remedy, or with another cell.
        outcome: What the change did, as defined above.
    """

    without: Summary
    changed: Summary
    outcome: Outcome


def effects(summaries: Sequence[Summary]) -> list[Effect]:
    """All comparisons that the results allow, in order.

    Each variant is compared with the base of the same cell, and the base of
    LSTM and GRU with that of the SimpleRNN.

    Args:
        summaries: One for each model.
    """
    by_name = {summary.name: summary for summary in summaries}
    found = []
    for summary in summaries:
        recipe = summary.recipe
        cell = recipe.cell if recipe.variant != "base" else "simple_rnn"
        without = by_name.get(f"{recipe.task}/{cell}-base")
        if without is not None and without is not summary:
            found.append(Effect(without, summary, judge(without, summary)))
    return found


def judge(without: Summary, changed: Summary) -> Outcome:
    """What a change did, as defined above."""
    before, after = (
        [quality(result) for result in summary.results]
        for summary in (without, changed)
    )
    if min(len(before), len(after)) < MIN_SEEDS:
        return "too few seeds"
    task = changed.task
    margin = MARGIN * abs(task.solved - task.chance)
    if min(after) > max(before) and median(after) - median(before) >= margin:
        return "helped"
    if max(after) < min(before) and median(before) - median(after) >= margin:
        return "hurt"
    return "no difference"


def effects_tables(found: Sequence[Effect]) -> Group:
    """A table for each task, with a row for each comparison."""
    tasks = {
        effect.changed.recipe.task: effect.changed.task for effect in found
    }
    tables = [
        _table(task, [e for e in found if e.changed.task is task])
        for task in tasks.values()
    ]
    note = (
        "Without, with: the means over the seeds. Helped, hurt: every seed is "
        "better, or worse, than every seed without, and so is the median, by "
        "2% of the way from chance to solved. By luck alone, this happens in "
        "one of ten comparisons."
    )
    return Group(*spaced(tables), note)


def _table(task: Task, found: Sequence[Effect]) -> FittedTable:
    rows = task_table(
        task,
        (
            Column("model"),
            Column("against", "text", 1),
            Column("outcome", "text"),
            Column("without", spare=2),
            Column("with", spare=3),
            Column("solved"),
        ),
    )
    for effect in found:
        without, changed = effect.without, effect.changed
        rows.add(
            changed.recipe.model,
            without.recipe.model,
            Text(effect.outcome, _STYLES.get(effect.outcome, "dim")),
            short(without.mean),
            short(changed.mean),
            f"{without.solved} to {changed.solved}",
        )
    return rows
