"""Results of runs that nobody made, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.zoo.test_result import RESULT
from zoo.recipe import Recipe
from zoo.result import Result, Sign
from zoo.selection import split
from zoo.summary import Summary
from zoo.tasks import TASKS

VANISHING = Sign(
    sign="vanishing",
    target="adding/lstm/lstm_cell/recurrent_kernel",
    layer="lstm",
    first_step=51,
    explanation="The gradient reaches 12 of 100 steps back in `lstm`.",
)
SLOW = Sign(
    sign="slow_progress",
    target="global",
    layer="",
    first_step=9,
    explanation="The metric never left the level of guessing.",
)


def run(
    name: str, test: float, seed: int = 0, **changes: Any
) -> tuple[Recipe, Result]:
    """Recipe and result of a run that ended with a metric of `test`."""
    task, cell, variant = split(name)
    recipe = Recipe.of(task, cell=cell, variant=variant, seed=seed)
    chosen = TASKS[task]
    result = replace(
        RESULT,
        task=task,
        model=recipe.model,
        metric=chosen.metric,
        chance=chosen.chance,
        solved=chosen.solved,
        test=test,
        seed=seed,
        verdict=chosen.verdict(test),
        findings=(),
        horizon=30 + seed,
        longer={},
    )
    return recipe, replace(result, **changes)


def summary(name: str, values: Sequence[float], **changes: Any) -> Summary:
    """Of runs with these metrics, by seed."""
    return Summary.of(
        run(name, value, seed, **changes) for seed, value in enumerate(values)
    )
