"""Names that are needed twice; backends, folders and losses of all kinds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import keras
import pytest

import kgrad
from kgrad.session.setup import setup_of
from tests.loops.training import BATCH, data, monitor


def part(name: str) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((5, 2)),
            keras.layers.GRU(3, name="rnn", return_sequences=True),
            keras.layers.Dense(2),
        ],
        name=name,
    )


def test_two_layers_of_one_name_are_two(tmp_path: Path) -> None:
    inputs = keras.Input((5, 2))
    outputs = part("dec")(part("enc")(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    watching = monitor(tmp_path)
    x, _ = data()
    model.fit(x, x, BATCH, verbose=0, callbacks=[watching])
    history = watching.history
    assert len(history.time_profiles("enc/rnn").profiles) == 2
    with pytest.raises(KeyError, match=r"'dec/rnn', 'enc/rnn'.*layer='rnn'"):
        history.time_profiles("rnn")


def test_two_layers_of_one_path_are_two(tmp_path: Path) -> None:
    class Twice(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="net")
            self.a = keras.layers.GRU(3, name="rnn", return_sequences=True)
            self.b = keras.layers.GRU(2, name="rnn", return_sequences=True)

        def call(self, x: Any) -> Any:
            return self.b(self.a(x))

    model = Twice()
    model.compile("sgd", "mse")
    x, _ = data()
    model(x)
    watching = monitor(tmp_path)
    model.fit(x, x, BATCH, verbose=0, callbacks=[watching])
    history = watching.history
    names = {"net/rnn", "net/rnn#1"}
    assert {t.layer for t in history.target_records} == {*names, ""}
    assert {layer.name for layer in history.setup.layers} == names
    sample = history.samples[0]
    assert {p.layer for p in sample.profiles} == names
    assert {a.layer for a in sample.activities} == names


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        ({"a": "mse", "b": keras.losses.Huber()}, "a: mse, b: Huber"),
        (["mse", "mae"], "mse, mae"),
    ],
)
def test_losses_of_several_outputs_are_named(loss: Any, name: str) -> None:
    inputs = keras.Input((3,))
    outputs = {
        key: keras.layers.Dense(1, name=key)(inputs) for key in ("a", "b")
    }
    if isinstance(loss, list):
        outputs = list(outputs.values())  # type: ignore[assignment]
    model = keras.Model(inputs, outputs)
    model.compile("sgd", loss)
    assert setup_of(model, model.optimizer, {}, {}).loss == name


@pytest.mark.parametrize("scheme", ["gs", "s3", "file", "GS", "hdfs"])
@pytest.mark.parametrize("kind", [str, Path])
def test_a_bucket_is_refused(
    kind: Any, scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where `pathlib` has made one slash of two."""
    monkeypatch.chdir(tmp_path)
    folder = kind(f"{scheme}://bucket/run")
    with pytest.raises(ValueError, match=f"copy it.*{scheme}:/+bucket/run"):
        kgrad.GradientMonitor(folder)
    assert not os.listdir()


@pytest.mark.parametrize("folder", ["runs/a:b", "c:/runs", "gs", "a b:1/c"])
def test_what_only_looks_like_a_bucket_is_a_folder(folder: str) -> None:
    assert kgrad.GradientMonitor(folder).log_dir == folder


def test_the_home_of_the_user_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert kgrad.GradientMonitor("~/run").log_dir == str(tmp_path / "run")


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_is_refused(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    with pytest.raises(
        RuntimeError, match=f"KERAS_BACKEND=tensorflow.*Received: {backend}"
    ):
        kgrad.GradientMonitor(tmp_path)
