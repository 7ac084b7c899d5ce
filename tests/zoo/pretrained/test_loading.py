from __future__ import annotations

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

import zoo
from tests.zoo.conftest import NAME
from tests.zoo.made import tiny
from zoo.pretrained import loading, preset
from zoo.pretrained.evaluation import Evaluation, reevaluate
from zoo.recipe import Recipe
from zoo.runs import run_folder
from zoo.training.train import evaluate

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)


@pytest.fixture
def shipped(tiny_presets: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """The tiny presets come with the package; the recipe of the one."""
    find = loading.find
    monkeypatch.setattr(loading, "find", lambda name: find(name, tiny_presets))
    return preset.read(tiny_presets / NAME).summary.recipe


@pytest.fixture
def copied(tiny_presets: Path, tmp_path: Path) -> Path:
    """A preset that may be damaged."""
    return Path(shutil.copytree(tiny_presets / NAME, tmp_path / "copied"))


def same(one: keras.Model, other: keras.Model) -> bool:
    return all(
        np.array_equal(a, b)
        for a, b in zip(one.get_weights(), other.get_weights(), strict=True)
    )


def test_a_name_gives_the_trained_model_compiled(
    shipped: Recipe, tiny_presets: Path
) -> None:
    model = zoo.load(NAME)
    result = preset.read(tiny_presets / NAME).summary.median
    assert evaluate(model, shipped) == pytest.approx(result.test, abs=1e-6)
    assert isinstance(model.optimizer, keras.optimizers.SGD)
    assert model.optimizer.clipnorm == 1.0


def test_without_weights_it_is_as_its_seed_makes_it(shipped: Recipe) -> None:
    untrained = zoo.load(NAME, weights=None)
    sizes = {"units": shipped.units, "length": shipped.length}
    built = zoo.build(
        "temporal_order",
        cell="simple_rnn",
        variant="clipnorm",
        seed=shipped.seed,
        **sizes,
    )
    assert same(untrained, built)
    assert not same(untrained, zoo.load(NAME))


def test_a_folder_gives_a_run_or_a_preset_of_ones_own(
    shipped: Recipe, tiny_runs: Path, copied: Path
) -> None:
    expected = zoo.load(NAME)
    assert same(zoo.load(copied), expected)
    assert same(zoo.load(str(tiny_runs / shipped.folder)), expected)
    other = tiny(seed=(shipped.seed + 1) % 3)
    assert not same(zoo.load(tiny_runs / other.folder), expected)


def test_a_file_of_weights_of_ones_own(
    shipped: Recipe, tiny_runs: Path
) -> None:
    other = tiny_runs / tiny(seed=(shipped.seed + 1) % 3).folder
    model = zoo.load(NAME, weights=other / "model.weights.h5")
    assert same(model, zoo.load(other))


def test_it_can_be_trained_on_with_another_recipe(shipped: Recipe) -> None:
    model = zoo.load(NAME, optimizer="adam", learning_rate=0.25, length=14)
    assert same(model, zoo.load(NAME))
    assert float(model.optimizer.learning_rate) == 0.25
    x, y = zoo.task("temporal_order").data("train", 32, length=14)
    model.fit(x, y, verbose=0)
    assert not same(model, zoo.load(NAME))


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("adding/gru-relu", ValueError, "presets that come with kgrad"),
        ("addign/gru-base", ValueError, "`task` must be one of"),
        ("adding/grru-base", ValueError, "`cell` must be one of"),
        ("adding/gru-bse", ValueError, "`variant` must be one of"),
        ("adding", FileNotFoundError, "`name` must be that of a preset"),
        ("./adding/gru-base", FileNotFoundError, "or a folder"),
        (Path("adding/gru-base"), FileNotFoundError, "or a folder"),
        ("runs/adding/gru-base", FileNotFoundError, "or a folder"),
    ],
)
@pytest.mark.usefixtures("shipped")
def test_a_bad_name_is_answered_with_what_there_is(
    name: str | Path, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        zoo.load(name)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="must be a folder with"):
        zoo.load(tmp_path)
    with run_folder.begin(tmp_path, tiny()) as folder:
        pass
    with pytest.raises(FileNotFoundError, match="must hold a finished run"):
        zoo.load(folder)


@pytest.mark.parametrize("damage", ["truncated", "one bit", "empty", "text"])
def test_damaged_weights_are_refused(copied: Path, damage: str) -> None:
    file = copied / "model.weights.h5"
    content = bytearray(file.read_bytes())
    if damage == "one bit":
        content[len(content) // 2] ^= 1
    file.write_bytes(
        {
            "truncated": bytes(content[:-100]),
            "one bit": bytes(content),
            "empty": b"",
            "text": b"not a file of weights",
        }[damage]
    )
    with pytest.raises(ValueError, match=r"with SHA-256 .* damaged"):
        zoo.load(copied)
    if damage != "one bit":  # Which only the digest can tell.
        with pytest.raises(ValueError, match="damaged or does not fit"):
            zoo.load(copied, weights=file)


def test_missing_weights_are_named(copied: Path) -> None:
    (copied / "model.weights.h5").unlink()
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        zoo.load(copied)
    assert zoo.load(copied, weights=None)
    with pytest.raises(FileNotFoundError, match="imagenet"):
        zoo.load(copied, weights="imagenet")


def test_weights_that_do_not_fit_are_refused(copied: Path) -> None:
    with pytest.raises(ValueError, match="simple_rnn-clipnorm with 7 units"):
        zoo.load(copied, units=7)
    with pytest.raises(TypeError, match=r"fields of a recipe.*unit=7"):
        zoo.load(copied, unit=7)
    with pytest.raises(ValueError, match="`learning_rate` must be"):
        zoo.load(copied, learning_rate=-1.0)


def test_evaluating_again_gives_the_number_of_the_card(
    copied: Path, tiny_runs: Path
) -> None:
    found = reevaluate(copied)
    assert found.agrees
    assert found.changed == {}
    assert "the same" in str(found)
    assert reevaluate(tiny_runs / tiny(seed=2).folder).agrees


def test_evaluating_again_says_if_the_number_is_another(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = copied / "preset.json"
    text = file.read_text()
    test = preset.read(copied).summary.median.test
    file.write_text(text.replace(f'"test": {test}', f'"test": {test + 2e-6}'))
    monkeypatch.setattr(
        "zoo.pretrained.evaluation.versions", lambda: {"keras": "9.9"}
    )
    found = reevaluate(copied)
    assert not found.agrees
    assert found.here == pytest.approx(test, abs=1e-9)
    assert "different" in str(found)
    assert "keras 9.9 here, " in str(found)
    assert "numpy none here, " in str(found)


@pytest.mark.parametrize(
    ("card", "here", "agrees"),
    [
        (0.5, 0.5 + 9e-7, True),
        (0.5, 0.5 + 2e-6, False),
        (float("nan"), float("nan"), True),
        (float("nan"), 0.5, False),
        (0.5, float("nan"), False),
    ],
)
def test_numbers_agree_to_a_millionth(
    card: float, here: float, agrees: bool
) -> None:
    assert Evaluation("x", "mse", card, here, {}).agrees is agrees
