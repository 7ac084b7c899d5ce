"""Tiny recipes, and results of runs that never took place, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from zoo.recipe import Recipe
from zoo.runs.result import FindingRecord, Result
from zoo.runs.summary import Summary
from zoo.selection import split
from zoo.tasks import TASKS

RESULT = Result(
    task="adding",
    task_version=1,
    model="gru-base",
    seed=0,
    metric="mse",
    chance=1 / 6,
    solved=0.01,
    test=0.004,
    validation=0.005,
    train=0.003,
    verdict="solved",
    epochs=3,
    steps=300,
    steps_per_second=50.5,
    seconds=7.25,
    findings=(
        FindingRecord(
            sign="exploding",
            target="adding/gru/gru_cell/kernel",
            layer="gru",
            first_step=12,
        ),
    ),
    longer={40: 0.25, 100: 0.5},
)

VANISHING = FindingRecord(
    sign="vanishing",
    target="adding/lstm/lstm_cell/recurrent_kernel",
    layer="lstm",
    first_step=51,
    explanation="The gradient reaches 12 of 100 steps back in `lstm`.",
)
SLOW = FindingRecord(
    sign="slow_progress",
    target="global",
    layer="",
    first_step=9,
    explanation="The metric never left the level of guessing.",
)


def tiny(**changes: Any) -> Recipe:
    sizes = {
        "units": 4,
        "length": 10,
        "epochs": 2,
        "train_size": 96,
        "validation_size": 10,
        "test_size": 40,
        "batch_size": 16,
    }
    given = {"cell": "simple_rnn", "variant": "clipnorm", **sizes, **changes}
    return Recipe.of("temporal_order", **given)


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
