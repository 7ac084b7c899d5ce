"""Where a run goes if there is one already."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest

import kgrad
from tests.loops.training import BATCH, data, model, monitor, steps_of, told


def other() -> keras.Model:
    keras.utils.set_random_seed(1)
    layers = [keras.Input((5, 2)), keras.layers.LSTM(2), keras.layers.Dense(1)]
    made = keras.Sequential(layers)
    made.compile("sgd", "mse")
    return made


def test_another_model_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    def fit(trained: keras.Model) -> kgrad.GradientMonitor:
        watching = kgrad.GradientMonitor(tmp_path)
        trained.fit(*data(), BATCH, verbose=0, callbacks=[watching])
        return watching

    keras.backend.clear_session()
    fit(model())
    for _ in range(2):
        keras.backend.clear_session()
        with told() as messages:
            fit(other())
        (message,) = messages
        assert f"goes to {tmp_path / 'run-2'}" in message
    assert len(list(tmp_path.glob("events.*"))) == 1
    assert list((tmp_path / "run-2").glob("events.*"))
    with pytest.warns(RuntimeWarning, match="from run-2 in it"):
        first = kgrad.RunHistory.load(tmp_path)
    second = kgrad.RunHistory.load(tmp_path / "run-2")
    assert {layer.class_name for layer in first.setup.layers} == {
        "GRU",
        "Dense",
    }
    assert {layer.class_name for layer in second.setup.layers} == {
        "LSTM",
        "Dense",
    }


def test_the_same_model_goes_on_where_it_was(tmp_path: Path) -> None:
    keras.backend.clear_session()
    trained = model()
    for _ in range(2):
        watching = monitor(tmp_path)
        trained.fit(*data(), BATCH, verbose=0, callbacks=[watching])
    trained.layers[0].trainable = False
    trained.compile(trained.optimizer, "mse")
    last = monitor(tmp_path)
    trained.fit(*data(), BATCH, verbose=0, callbacks=[last])
    assert list(kgrad.RunHistory.load(tmp_path).steps) == list(range(1, 13))
    assert not list(tmp_path.glob("run-*"))


def test_fits_of_one_epoch_are_one_run(tmp_path: Path) -> None:
    trained, watching = model(), kgrad.GradientMonitor(tmp_path)
    for _ in range(3):
        trained.fit(*data(), BATCH, verbose=0, callbacks=[watching])
    trained.fit(
        *data(),
        BATCH,
        initial_epoch=5,
        epochs=7,
        verbose=0,
        callbacks=[watching],
    )
    assert steps_of(watching) == list(range(1, 21))
    assert [e.epoch for e in watching.history.epochs] == [0, 1, 2, 5, 6]
    assert len(list(tmp_path.glob("events.*"))) == 1


def test_a_model_that_is_built_again_is_the_same(tmp_path: Path) -> None:
    """The later run is the history, as with a script that is run again."""

    def build(units: int = 3) -> keras.Model:
        layers = [
            keras.Input((5, 2)),
            keras.layers.Bidirectional(keras.layers.GRU(units)),
            keras.layers.Dense(2),
            keras.layers.Dense(1),
        ]
        made = keras.Sequential(layers)
        made.compile("sgd", "mse")
        return made

    def fit(trained: keras.Model, epochs: int = 1) -> None:
        callbacks = [monitor(tmp_path)]
        trained.fit(
            *data(), BATCH, epochs=epochs, verbose=0, callbacks=callbacks
        )

    fit(build(), epochs=2)
    again = build()
    fit(again)
    history = kgrad.RunHistory.load(tmp_path)
    assert list(history.steps) == [1, 2, 3, 4]
    found = {target.layer for target in history.target_records}
    assert f"{again.name}/{again.layers[-1].name}" in found
    with told() as messages:
        fit(build(units=4))
    (message,) = messages
    assert f"goes to {tmp_path / 'run-2'}" in message
