"""Every program trains as without the monitor, is measured, and is left."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kgrad
from kgrad.step.optimizers import find_optimizers
from tests.loops.programs import PROGRAMS, Program
from tests.loops.training import monitor, steps_of

EACH_PUSH = {"attention", "ctc", "wgan_gp", "feedback", "stateful", "transfer"}
NAMES = [
    name if name in EACH_PUSH else pytest.param(name, marks=pytest.mark.full)
    for name in PROGRAMS
]


def trained(program: Program, watching: Any = None) -> Any:
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = program.build()
    program.train(model, watching)
    return model


def state_of(model: Any) -> list[np.ndarray]:
    optimizers = find_optimizers(model)
    variables = [
        *model.variables,
        *(v for x in optimizers for v in x.variables),
    ]
    return [np.asarray(variable) for variable in variables]


def objects_of(model: Any) -> list[Any]:
    return [model, *find_optimizers(model), *model._flatten_layers()]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning:keras")
def test_program(name: str, tmp_path: Path) -> None:
    program, watching = PROGRAMS[name], monitor(tmp_path / "run")
    plain, watched = trained(program), trained(program, watching)
    for a, b in zip(state_of(plain), state_of(watched), strict=True):
        np.testing.assert_array_equal(a, b)

    made = sum(int(x.iterations) for x in find_optimizers(watched))
    assert steps_of(watching) == list(range(1, made + 1))
    assert np.isfinite(watching.history["gradient_norm"][:, -1]).all()
    layers = {p.layer for s in watching.history.samples for p in s.profiles}
    for layer in program.recurrent:
        assert any(layer in found.split("/") for found in layers), layers
    saved = kgrad.RunHistory.load(tmp_path / "run")
    assert list(saved.steps) == steps_of(watching)

    for a, b in zip(objects_of(plain), objects_of(watched), strict=True):
        assert set(vars(a)) == set(vars(b))
    function = getattr(watched, "train_function", None)
    assert not type(function).__module__.startswith("kgrad")
    program.train(watched, None)
    assert len(steps_of(watching)) == made
    if not program.saves:
        return
    keras.models.clone_model(watched)
    pickle.loads(pickle.dumps(watched))  # noqa: S301
    watched.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for a, b in zip(watched.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_classifier_of_scikit_learn(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    from keras.wrappers import SKLearnClassifier

    def build(X: Any, y: Any) -> Any:  # noqa: N803
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [
                keras.Input(X.shape[1:]),
                keras.layers.Dense(4, activation="relu"),
                keras.layers.Dense(2, activation="softmax"),
            ]
        )
        model.compile("sgd", "categorical_crossentropy")
        return model

    rng = np.random.default_rng(0)
    x = rng.normal(size=(32, 3)).astype("float32")
    y = (x[:, 0] > 0).astype(int)
    weights = []
    watching = monitor(tmp_path)
    for callbacks in ([], [watching]):
        arguments = {"callbacks": callbacks, "verbose": 0, "shuffle": False}
        fitted = SKLearnClassifier(build, fit_kwargs=arguments).fit(x, y)
        weights.append(fitted.model_.get_weights())
        assert fitted.predict(x).shape == y.shape
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert steps_of(watching) == [1]
