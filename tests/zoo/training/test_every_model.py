"""Every task, and every cell in every variant: built, trained and watched.

That every cell of every task is built and gives its number is for
`test_every_preset.py`.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

import kgrad
from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.model import stacked
from zoo.recipe import Recipe
from zoo.tasks import TASKS
from zoo.training.train import WEIGHTS, train

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)

OFFLINE = [task.name for task in TASKS if task.offline]
EVERYWHERE = [variant.name for variant in VARIANTS if variant.tasks is None]
CELL_COUNT, VARIANT_COUNT = len(CELLS.names), len(EVERYWHERE)
MODELS = [
    (
        task,
        CELLS.names[i % CELL_COUNT],
        EVERYWHERE[(i + i % CELL_COUNT) % VARIANT_COUNT],
    )
    for i, task in enumerate(OFFLINE)
] + [("temporal_order", cell, "recurrent_batchnorm") for cell in CELLS.names]


def test_each_cell_is_among_them_in_each_variant() -> None:
    pairs = {(cell, variant) for _, cell, variant in MODELS}
    assert pairs >= set(itertools.product(CELLS.names, EVERYWHERE))
    assert {task for task, _, _ in MODELS} == set(OFFLINE)


QUICK = {"copy_memory", "reber", "char_lm"}
"""Answers at every step, padding, text: the others are alike."""


@pytest.mark.parametrize(
    ("task", "cell", "variant"),
    [
        pytest.param(
            *model, marks=() if model[0] in QUICK else pytest.mark.full
        )
        for model in MODELS[:-1]
    ]
    + MODELS[-1:],
)
def test_it_trains_and_is_watched(
    task: str, cell: str, variant: str, tmp_path: Path
) -> None:
    recipe = Recipe.of(
        task,
        cell=cell,
        variant=variant,
        units=3,
        length=TASKS[task].lengths[0],
        epochs=1,
        batch_size=4,
        train_size=8,
        validation_size=4,
        test_size=4,
        jit_compile=False,
    )
    result = train(recipe, tmp_path)
    assert math.isfinite(result.test)
    assert set(result.longer) == set(TASKS[task].longer)
    folder = tmp_path / recipe.folder
    before, after = stacked(recipe), stacked(recipe)
    after.load_weights(folder / WEIGHTS)
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(before.get_weights(), after.get_weights(), strict=True)
    ]
    # So small a network of relu may be dead from the start.
    assert any(moved) if variant == "relu" else all(moved)
    history = kgrad.RunHistory.load(folder)
    assert list(history.steps) == [1, 2]
    assert np.isfinite(history["gradient_norm"]).all()
    norm = history.time_profiles(cell).norm[0]
    assert len(norm) == recipe.length
    assert norm[-1] > 0
