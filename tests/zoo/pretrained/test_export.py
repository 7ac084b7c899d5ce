from __future__ import annotations

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

import zoo
from tests.zoo.conftest import NAME
from tests.zoo.made import tiny
from zoo.pretrained import preset
from zoo.pretrained.card import card
from zoo.pretrained.export import export
from zoo.recipe import Recipe

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)


@pytest.fixture(scope="module")
def exported(
    tiny_presets: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return export(
        tiny_presets / NAME, tmp_path_factory.mktemp("exported") / "mine"
    )


def test_keras_alone_loads_it(exported: Path, tiny_presets: Path) -> None:
    model = keras.saving.load_model(exported)
    x, _ = zoo.task("temporal_order").data("test", 5, length=10)
    np.testing.assert_array_equal(model(x), zoo.load(tiny_presets / NAME)(x))


def test_it_holds_card_recipe_and_preset(
    exported: Path, tiny_presets: Path
) -> None:
    made = preset.read(tiny_presets / NAME)
    assert preset.read(exported) == made
    assert (exported / "README.md").read_text() == card(made)
    recipe = Recipe.from_json((exported / "recipe.json").read_text())
    assert recipe == made.summary.recipe
    assert {path.name for path in exported.iterdir()} == {
        "README.md",
        "config.json",
        "metadata.json",
        "model.weights.h5",
        "preset.json",
        "recipe.json",
    }


def test_the_zoo_loads_it_with_its_digest_checked(exported: Path) -> None:
    assert zoo.load(exported)


def test_a_folder_may_be_relative(
    tiny_presets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = export(tiny_presets / NAME, "runs/mine")
    assert keras.saving.load_model(folder)


def test_a_run_can_be_exported_too(tiny_runs: Path, tmp_path: Path) -> None:
    folder = export(tiny_runs / tiny(seed=1).folder, tmp_path / "mine")
    assert preset.read(folder).summary.values == [
        preset.read(folder).summary.median.test
    ]
    assert preset.read(folder).summary.recipe.seed == 1


def test_nothing_is_written_over_or_from_damaged_weights(
    tiny_presets: Path, tmp_path: Path
) -> None:
    source = Path(shutil.copytree(tiny_presets / NAME, tmp_path / "source"))
    with pytest.raises(FileExistsError, match="new or empty"):
        export(source, source)
    (source / "model.weights.h5").write_bytes(b"damaged")
    with pytest.raises(ValueError, match="SHA-256"):
        export(source, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
