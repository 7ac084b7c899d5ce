from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

import kgrad
from tests.zoo.made import tiny
from zoo import schema
from zoo.model import compiled, stacked
from zoo.recipe import Recipe
from zoo.runs.result import Result
from zoo.runs.run_folder import WEIGHTS
from zoo.tasks import TASKS
from zoo.training.train import evaluate, train

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)


PROGRESS: list[tuple[int, str]] = []
"""What the run of the fixture reported."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    runs = tmp_path_factory.mktemp("runs")
    recipe = replace(tiny(), versions={"keras": "1.0"})
    result = train(recipe, runs, lambda *moved: PROGRESS.append(moved))
    return runs / "temporal_order/simple_rnn-clipnorm", result


def stored_weights(folder: Path, recipe: Recipe) -> list[np.ndarray]:
    model = stacked(recipe)
    model.load_weights(folder / WEIGHTS)
    return model.get_weights()


def test_the_folder_holds_recipe_result_weights_and_history(
    run: tuple[Path, Result],
) -> None:
    folder, result = run
    assert Recipe.from_json((folder / "recipe.json").read_text()) == tiny()
    assert schema.read(Result, (folder / "result.json").read_text()) == result
    history = kgrad.RunHistory.load(folder)
    assert list(history.steps) == list(range(1, 13))
    assert len(history.epochs) == 2


def test_the_result_says_how_it_went(run: tuple[Path, Result]) -> None:
    folder, result = run
    task = TASKS["temporal_order"]
    last = kgrad.RunHistory.load(folder).epochs[-1].logs
    assert (result.epochs, result.steps) == (2, 12)
    assert result.train == pytest.approx(last["accuracy"])
    assert result.validation == pytest.approx(last["val_accuracy"])
    assert result.verdict == task.verdict(result.test)
    assert result.steps_per_second > 0
    assert result.seconds > 0
    profiles = (
        kgrad.RunHistory.load(folder).time_profiles("simple_rnn").profiles
    )
    assert result.horizon == profiles[-1].horizon > 0


def test_the_monitor_knows_chance_and_what_to_compare_runs_by(
    run: tuple[Path, Result],
) -> None:
    setup = kgrad.RunHistory.load(run[0]).setup
    assert setup.chance == {"accuracy": 0.25}
    assert setup.hparams == {
        "task": "temporal_order",
        "cell": "simple_rnn",
        "variant": "clipnorm",
        "learning_rate": 0.1,
        "seed": 0,
    }


def test_the_weights_give_the_number_of_the_result(
    run: tuple[Path, Result],
) -> None:
    folder, result = run
    model = compiled(tiny())
    model.set_weights(stored_weights(folder, tiny()))
    assert evaluate(model, tiny()) == pytest.approx(result.test, abs=1e-7)


def test_training_from_recipe_json_is_bit_identical(
    run: tuple[Path, Result], tmp_path: Path
) -> None:
    folder, result = run
    recipe = Recipe.from_json((folder / "recipe.json").read_text())
    # Whatever the program did before.
    keras.utils.set_random_seed(99)
    again = train(recipe, tmp_path)
    for a, b in zip(
        stored_weights(folder, recipe),
        stored_weights(tmp_path / recipe.folder, recipe),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)
    assert again.test == result.test


@pytest.mark.full
@pytest.mark.slow
def test_it_is_bit_identical_with_xla_batchnorm_and_decay(
    tmp_path: Path,
) -> None:
    recipe = tiny(variant="batchnorm", jit_compile=True, epochs=1)
    weights = []
    for name in "ab":
        train(recipe, tmp_path / name)
        weights.append(stored_weights(tmp_path / name / recipe.folder, recipe))
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_progress_reaches_the_last_step(run: tuple[Path, Result]) -> None:
    step, words = PROGRESS[-1]
    assert step == run[1].steps
    assert words.startswith("accuracy 0.")


def test_the_recipe_in_the_folder_says_which_versions_made_it(
    run: tuple[Path, Result],
) -> None:
    content = json.loads((run[0] / "recipe.json").read_text())
    assert content["versions"]["keras"] == keras.__version__


def test_a_task_is_tested_at_its_longer_lengths_too(tmp_path: Path) -> None:
    recipe = Recipe.of(
        "parity",
        cell="gru",
        units=4,
        epochs=1,
        train_size=64,
        test_size=60,
        jit_compile=False,
    )
    result = train(recipe, tmp_path)
    weights = stored_weights(tmp_path / recipe.folder, recipe)
    assert set(result.longer) == {40, 100}
    for length, value in result.longer.items():
        model = stacked(replace(recipe, length=length))
        model.set_weights(weights)
        x, y = TASKS["parity"].data("test", 60, length=length)
        right = np.argmax(model.predict(x, verbose=0), axis=2) == y
        assert value == pytest.approx(right.mean(), abs=1e-6)


@pytest.mark.full
@pytest.mark.slow
def test_batchnorm_predicts_as_well_as_it_trains(tmp_path: Path) -> None:
    recipe = Recipe.of(
        "sequential_digits", cell="simple_rnn", variant="batchnorm", epochs=12
    )
    result = train(recipe, tmp_path)
    model = stacked(recipe)
    model.set_weights(stored_weights(tmp_path / recipe.folder, recipe))
    x, y = TASKS[recipe.task].data("train", recipe.train_size)

    def accuracy(training: bool) -> float:
        answers = np.argmax(model(x, training=training), axis=1)
        return float((answers == y).mean())

    assert result.verdict != "fails"
    assert accuracy(training=False) >= accuracy(training=True) - 0.02
