"""Every task with every cell, in every variant: built, trained and watched."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import kgrad
from zoo.cells import CELLS
from zoo.model import stacked
from zoo.recipe import Recipe
from zoo.tasks import TASKS
from zoo.train import WEIGHTS, train
from zoo.variants import VARIANTS

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)

OFFLINE = [task.name for task in TASKS if task.offline]
EVERYWHERE = [variant.name for variant in VARIANTS if variant.tasks is None]
# Each task with each cell, and over the tasks each cell in each variant: a
# variant changes what a cell is, whatever the task. A third is fast.
MODELS = [
    pytest.param(
        task,
        cell,
        EVERYWHERE[(i + j) % len(EVERYWHERE)],
        marks=[] if i % len(CELLS.names) == j else pytest.mark.slow,
    )
    for i, task in enumerate(OFFLINE)
    for j, cell in enumerate(CELLS.names)
] + [("temporal_order", cell, "recurrent_batchnorm") for cell in CELLS.names]


@pytest.mark.parametrize(("task", "cell", "variant"), MODELS)
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
    history = kgrad.History.load(folder)
    assert list(history.steps) == [1, 2]
    assert np.isfinite(history["gradient_norm"]).all()
    norm = history.time_profiles(cell).norm[0]
    assert len(norm) == recipe.length
    assert norm[-1] > 0
