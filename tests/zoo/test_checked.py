"""`kgrad.check` has nothing to tell of what trains well."""

from __future__ import annotations

import keras
import pytest

import kgrad
from zoo.clinic.cases import CASES
from zoo.model import compiled
from zoo.pretrained import preset
from zoo.selection import recipe_of
from zoo.tasks import TASKS

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1"),
]

HEALTHY = [
    case.name
    for case in CASES
    if not case.is_sick
    # Keras finds the logits, and warns: so does the check.
    and "output_and_loss" not in case.may
]
FEW = ("masked/", "variational/", "several_outputs/", "left_out_by_weights/")
"""Families of which the first case is checked in each run of the tests."""


def in_full(names: list[str], *always: str) -> list[object]:
    return [
        name if name in always else pytest.param(name, marks=pytest.mark.full)
        for name in names
    ]


@pytest.mark.parametrize("name", in_full(preset.available(), "reber/lstm-base"))
def test_nothing_is_told_of_a_recipe_that_trains(name: str) -> None:
    recipe = recipe_of(name)
    task = TASKS[recipe.task]
    keras.utils.clear_session()
    keras.utils.set_random_seed(recipe.seed)
    # A part of the data is enough to look at.
    size = min(256, recipe.train_size)
    x, y = task.data("train", size, length=recipe.length, seed=recipe.seed)
    report = kgrad.check(
        compiled(recipe),
        x,
        y,
        lag=task.lag(recipe.length) or None,
        batch_size=recipe.batch_size,
        epochs=recipe.epochs,
        steps_per_epoch=recipe.steps_per_epoch,
    )
    (result,) = (
        result
        for result in preset.read(preset.PRESETS / name).summary.results
        if result.seed == recipe.seed
    )
    if result.verdict == "fails" and recipe.variant == "relu":
        # A state without bound: the check foresees what the card says.
        assert {finding.rule for finding in report} <= {"first_updates"}
    else:
        assert not report, report


@pytest.mark.parametrize(
    "name",
    in_full(
        HEALTHY,
        *(
            next(name for name in HEALTHY if name.startswith(family))
            for family in FEW
        ),
    ),
)
def test_nothing_is_told_of_a_healthy_case(name: str) -> None:
    case = CASES[name]
    keras.utils.clear_session()
    keras.utils.set_random_seed(case.seed)
    model, samples = case.build(), case.data()
    arguments = dict(case.fit_with)
    report = kgrad.check(
        model,
        samples.x,
        samples.y,
        arguments.pop("sample_weight", None),
        lag=case.lag or None,
        batch_size=case.batch_size,
        epochs=case.epochs,
        shuffle=case.shuffle,
        **arguments,
    )
    assert not report, report
