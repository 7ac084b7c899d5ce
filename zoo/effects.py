"""What a remedy did to a model, judged by all seeds of both.

A change *helped* on a task if every one of its seeds did better than every
seed without it, and its median is better by at least 2 % of the way from
chance to solved; it *hurt* if the same holds the other way round. Everything
else is *no difference*: what the seeds of one model differ by is as large as
what the change does. A metric that is not a number is worse than any other.

With three seeds each, two models that do not differ are told apart like that
once in ten times by luck alone; with fewer seeds nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from rich.console import Group
from rich.table import Table
from rich.text import Text

from zoo.numbers import mean_and_spread
from zoo.results import task_table
from zoo.summary import Summary, goodness
from zoo.tasks import Task

Verdict = Literal["helped", "no difference", "hurt", "too few seeds"]

MIN_SEEDS = 3
"""Of each side, below which nothing is said."""

MARGIN = 0.02
"""Part of the way from chance to solved that is worth a word."""

_STYLES = {"helped": "green", "hurt": "red"}


@dataclass(frozen=True)
class Effect:
    """One comparison.

    Args:
        without: The model as it was.
        changed: The same with the remedy, or with another cell.
        verdict: What the remedy did, as the module says.
    """

    without: Summary
    changed: Summary
    verdict: Verdict


def effects(summaries: Sequence[Summary]) -> list[Effect]:
    """All comparisons that the results allow, in their order.

    Each variant with the base of the same cell, and the base of LSTM and
    GRU with that of the SimpleRNN.

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


def judge(without: Summary, changed: Summary) -> Verdict:
    """What a change did, as the module says."""
    before, after = (
        [goodness(result) for result in summary.results]
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
    """A table for each task, with one row a comparison."""
    tasks = {
        effect.changed.recipe.task: effect.changed.task for effect in found
    }
    tables = [
        _table(task, [e for e in found if e.changed.task is task])
        for task in tasks.values()
    ]
    note = (
        "Helped, hurt: every seed is better, or worse, than every seed "
        "without, and the median by 2 % of the way from chance to solved. Of "
        "models that do not differ, one in ten is told apart by luck."
    )
    return Group(*tables, note)


def _table(task: Task, found: Sequence[Effect]) -> Table:
    rows = task_table(task)
    for column in ("model", "against", ""):
        rows.add_column(column, no_wrap=True)
    for column in ("without", "with", "solved"):
        rows.add_column(column, justify="right", no_wrap=True)
    for effect in found:
        without, changed = effect.without, effect.changed
        rows.add_row(
            Text(changed.recipe.model),
            Text(without.recipe.model),
            Text(effect.verdict, _STYLES.get(effect.verdict, "dim")),
            mean_and_spread(without.mean, without.spread),
            mean_and_spread(changed.mean, changed.spread),
            f"{without.solved} to {changed.solved}",
        )
    return rows
