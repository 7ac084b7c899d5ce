"""The presets that come with the package keep what their cards say."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import keras
import pytest

import zoo
from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.pretrained import preset
from zoo.pretrained.evaluation import TOLERANCE, reevaluate
from zoo.pretrained.preset import PRESETS
from zoo.selection import offline_names, recipe_of, split
from zoo.tasks import TASKS

NAMES = preset.available()
MOST_MEGABYTES = 20

UNTRAINED = {
    "python_docs",
    "chorales",
    "basic_motions",
    "gun_point",
    "osu_leaf",
}
"""Tasks that have no presets yet."""

TRAINED = [t.name for t in TASKS if t.offline and t.name not in UNTRAINED]

COUNT = 2 * len(TRAINED)
"""How many are evaluated in every run of the tests; the others in `full`."""


def every_kind() -> list[str]:
    """Of each task two: every cell in every variant is among them."""
    variants = [v.name for v in VARIANTS if v.tasks is None]
    special, best = itertools.cycle(CELLS.names), itertools.cycle(CELLS.names)
    chosen = []
    for i, task in enumerate(TRAINED):
        first = f"{CELLS.names[i % 3]}-{variants[i % 4]}"
        second = f"{CELLS.names[(i + 1) % 3]}-{variants[(i + 2) % 4]}"
        if VARIANTS["recurrent_batchnorm"].is_for(task):
            second = f"{next(special)}-recurrent_batchnorm"
        if VARIANTS["best"].is_for(task):
            second = f"{next(best)}-best"
        chosen += [f"{task}/{first}", f"{task}/{second}"]
    return chosen


CHOSEN = every_kind()


def test_every_model_that_needs_no_download_has_one() -> None:
    every = [n for n in offline_names() if n.split("/")[0] in TRAINED]
    assert sorted(NAMES) == sorted(every)


def test_its_recipe_is_the_one_that_its_name_trains_with_three_seeds() -> None:
    for name in NAMES:
        summary = preset.read(PRESETS / name).summary
        recipe = summary.recipe
        ours = recipe_of(name, seed=recipe.seed)
        assert replace(ours, versions=recipe.versions) == recipe
        seeds = [result.seed for result in summary.results]
        assert seeds[:3] == [0, 1, 2]
        # Beside published numbers there are more.
        assert len(seeds) >= (5 if VARIANTS["best"].is_for(recipe.task) else 3)


def test_those_that_are_evaluated_each_time_are_of_every_kind() -> None:
    kinds = [split(name) for name in CHOSEN]
    assert len(set(kinds)) == COUNT
    assert {task for task, _, _ in kinds} == {n.split("/")[0] for n in NAMES}
    assert {(cell, variant) for _, cell, variant in kinds} == set(
        itertools.product(CELLS.names, VARIANTS.names)
    )


def gives_the_number_of_its_card(name: str) -> None:
    found = reevaluate(name)
    recorded = preset.read(PRESETS / name).summary.recipe.versions
    if keras.__version__ == recorded["keras"]:
        assert found.agrees, found
    else:
        assert found.here == pytest.approx(found.card, abs=1000 * TOLERANCE)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.parametrize("name", CHOSEN)
def test_it_gives_the_number_of_its_card(name: str) -> None:
    gives_the_number_of_its_card(name)


@pytest.mark.full
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.parametrize("name", sorted(set(NAMES) - set(CHOSEN)))
def test_the_others_do_so_too(name: str) -> None:
    gives_the_number_of_its_card(name)


def test_the_package_stays_small() -> None:
    package = Path(zoo.__file__).parent
    files = [p for p in package.rglob("*") if "__pycache__" not in p.parts]
    size = sum(path.stat().st_size for path in files if path.is_file())
    assert size < MOST_MEGABYTES * 1e6
