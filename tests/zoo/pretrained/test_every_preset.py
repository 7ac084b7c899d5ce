"""The presets that come with the package keep what their cards say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import pytest

import zoo
from zoo.pretrained import preset
from zoo.pretrained.evaluation import TOLERANCE, reevaluate
from zoo.pretrained.preset import PRESETS
from zoo.selection import offline_names, recipe_of

NAMES = preset.available()

MOST_MEGABYTES = 15


def test_every_model_that_needs_no_download_has_one() -> None:
    assert sorted(NAMES) == sorted(offline_names())
    assert len(NAMES) == 12 * 3 * 4 + 4 * 3


@pytest.mark.parametrize("name", NAMES)
def test_its_recipe_is_the_one_that_its_name_trains(name: str) -> None:
    recipe = preset.read(PRESETS / name).summary.recipe
    ours = recipe_of(name, seed=recipe.seed)
    assert replace(ours, versions=recipe.versions) == recipe


@pytest.mark.parametrize("name", NAMES)
def test_it_was_trained_with_three_seeds(name: str) -> None:
    results = preset.read(PRESETS / name).summary.results
    assert [result.seed for result in results][:3] == [0, 1, 2]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.parametrize("name", NAMES)
def test_it_gives_the_number_of_its_card(name: str) -> None:
    found = reevaluate(name)
    recorded = preset.read(PRESETS / name).summary.recipe.versions
    if keras.__version__ == recorded["keras"]:
        assert found.agrees, found
    else:
        assert found.here == pytest.approx(found.card, abs=1000 * TOLERANCE)


def test_the_package_stays_small() -> None:
    package = Path(zoo.__file__).parent
    files = [p for p in package.rglob("*") if "__pycache__" not in p.parts]
    size = sum(path.stat().st_size for path in files if path.is_file())
    assert size < MOST_MEGABYTES * 1e6
