"""Every task with every cell and variant: built, trained and watched."""

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
PAIRS = [(cell, variant) for cell in CELLS.names for variant in VARIANTS.names]
# Each task once, and each pair of cell and variant once or so: the rest of
# the grid is slow.
FEW = [(task, *PAIRS[i % len(PAIRS)]) for i, task in enumerate(OFFLINE)]
REST = [
    pytest.param(task, *pair, marks=pytest.mark.slow)
    for task in OFFLINE
    for pair in PAIRS
    if (task, *pair) not in FEW
]


@pytest.mark.parametrize(("task", "cell", "variant"), [*FEW, *REST])
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
    assert all(moved)
    history = kgrad.History.load(folder)
    assert list(history.steps) == [1, 2]
    assert np.isfinite(history["gradient_norm"]).all()
    norm = history.time_profiles(cell).norm[0]
    assert len(norm) == recipe.length
    assert norm[-1] > 0
