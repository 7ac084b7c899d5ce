"""Sick models that a remedy is known to cure are cured by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import kgrad
import zoo

pytestmark = pytest.mark.slow


@pytest.mark.full
def test_clipping_cures_a_simple_rnn_that_explodes(tmp_path: Path) -> None:
    """The zoo's temporal_order/simple_rnn-base, with 30 steps, not 50."""
    task = zoo.task("temporal_order")
    x, y = task.data("train", 3000, length=30)
    test = task.data("test", 500, length=30)

    def build() -> keras.Model:
        return zoo.build(
            task.name, cell="simple_rnn", length=30, jit_compile=False
        )

    def fit(model: keras.Model, callbacks: list[Any]) -> None:
        model.fit(
            x,
            y,
            20,
            epochs=4,
            verbose=0,
            validation_data=test,
            callbacks=callbacks,
        )

    treatments = kgrad.treat(build, fit, tmp_path, remedies=1, verbose=0)
    assert treatments.metric == "val_accuracy"
    assert "exploding" in treatments.untreated.signs
    assert treatments.untreated.after < 0.35
    best = treatments.best
    assert best.name == "gradient clipping"
    assert best.after > task.solved
    assert best.gain > 0.9
    assert "exploding" in best.gone
    assert best.signs == ()


@pytest.mark.full
def test_relu_cures_a_stack_of_sigmoids(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2000, 10)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int32)

    def build() -> keras.Model:
        hidden = [layers.Dense(20, activation="sigmoid") for _ in range(7)]
        out = layers.Dense(2, activation="softmax")
        model = keras.Sequential([layers.Input((10,)), *hidden, out])
        model.compile(
            keras.optimizers.SGD(0.1),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        return model

    def fit(model: keras.Model, callbacks: list[Any]) -> None:
        model.fit(
            x[:1500],
            y[:1500],
            20,
            epochs=6,
            verbose=0,
            validation_data=(x[1500:], y[1500:]),
            callbacks=callbacks,
        )

    treatments = kgrad.treat(build, fit, tmp_path, remedies=2, verbose=0)
    assert treatments.untreated.signs[0] == "vanishing"
    assert treatments.untreated.after < 0.6
    best = treatments.best
    assert best.name == "activation function"
    assert len(best.remedies[0].edits) == 7
    assert best.after > 0.7
    assert "vanishing" in best.gone
