"""With samples in every step: the same weights, and no trace between steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from kgrad.step.targets import layers_of

BATCH, STEPS, LENGTH, TOKENS = 4, 6, 5, 7


def tokens() -> tuple[np.ndarray, np.ndarray]:
    """Sequences that end early, filled up with the token 0."""
    rng = np.random.default_rng(0)
    x = rng.integers(1, TOKENS, (BATCH * STEPS, LENGTH))
    x[::2, 3:] = 0
    return x, rng.standard_normal((len(x), 1)).astype(np.float32)


def three_layers(masked: bool) -> keras.Model:
    """SimpleRNN, LSTM and GRU beside each other, from one embedding."""
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(4)
    x = layers.Input((LENGTH,), dtype="int32")
    e = layers.Embedding(TOKENS, 3, mask_zero=masked)(x)
    kinds = layers.SimpleRNN, layers.LSTM, layers.GRU
    h = layers.Concatenate()([kind(4)(e) for kind in kinds])
    return keras.Model(x, layers.Dense(1)(layers.Dense(3, "relu")(h)))


def trained(masked: bool, jit: bool, *callbacks: Any) -> list[np.ndarray]:
    model = three_layers(masked)
    model.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=jit)
    model.fit(
        *tokens(), BATCH, shuffle=False, verbose=0, callbacks=list(callbacks)
    )
    optimizer = [variable.numpy() for variable in model.optimizer.variables]
    return [*model.get_weights(), *optimizer]


@pytest.mark.parametrize(
    ("masked", "jit"),
    [
        pytest.param(False, False, id="graph", marks=pytest.mark.full),
        pytest.param(True, False, id="graph, mask"),
        pytest.param(True, True, id="XLA, mask", marks=pytest.mark.full),
    ],
)
def test_weights_are_bit_identical_with_every_step_sampled(
    masked: bool, jit: bool, tmp_path: Path
) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[], time_every=1
    )
    watched = trained(masked, jit, monitor)
    assert len(monitor.history.samples) == STEPS
    for a, b in zip(trained(masked, jit), watched, strict=True):
        np.testing.assert_array_equal(a, b)


class BreaksWhenTold(layers.Layer):
    """Fails while the step is traced, or when the step runs."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self.when = when

    def call(self, x: Any) -> Any:
        if self.when == "traced":
            raise ZeroDivisionError("on purpose")
        if self.when == "run":
            with tf.control_dependencies([tf.debugging.Assert(False, [x])]):
                return tf.identity(x)
        return x


def small(when: str = "") -> keras.Model:
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            layers.Input((LENGTH, 1)),
            layers.Bidirectional(layers.SimpleRNN(2)),
            layers.Dense(2, "relu"),
            BreaksWhenTold(""),
            layers.Dense(1),
        ]
    )
    model.layers[-2].when = when
    model.compile("sgd", "mse")
    return model


def fit(model: keras.Model, *callbacks: Any) -> None:
    x = np.ones((BATCH * STEPS, LENGTH, 1), np.float32)
    model.fit(x, x[:, 0], BATCH, verbose=0, callbacks=list(callbacks))


KERAS_OWN = {"_dropout_mask", "_recurrent_dropout_mask"}
"""What a cell keeps of its first call, watched or not."""


def attributes(model: keras.Model) -> list[set[str]]:
    return [set(vars(layer)) - KERAS_OWN for layer in layers_of(model)]


class Looks(keras.callbacks.Callback):
    """Keeps what attributes the layers have between steps."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[list[set[str]]] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.seen.append(attributes(self.model))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen.append(attributes(self.model))


def test_between_steps_the_layers_carry_no_trace(tmp_path: Path) -> None:
    model = small()
    before = attributes(model)
    looks = Looks()
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[], time_every=2
    )
    fit(model, monitor, looks)
    assert len(monitor.history.samples) == STEPS // 2
    assert len(looks.seen) == 2 * STEPS
    assert all(seen == before for seen in looks.seen)


@pytest.mark.parametrize("when", ["traced", "run"])
def test_after_an_exception_the_layers_carry_no_trace(
    when: str, tmp_path: Path
) -> None:
    model = small(when)
    before = attributes(model)
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    with pytest.raises((ZeroDivisionError, tf.errors.InvalidArgumentError)):
        fit(model, monitor)
    assert attributes(model) == before
    assert not monitor.history.samples


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning:keras")
def test_a_model_that_was_sampled_can_be_saved(tmp_path: Path) -> None:
    model = small()
    monitor = kgrad.GradientMonitor(
        tmp_path / "run", signs=[], statistics=["all"], reporters=[]
    )
    fit(model, monitor)
    assert monitor.history.samples
    model.save_weights(tmp_path / "model.weights.h5")
    again = small()
    again.load_weights(tmp_path / "model.weights.h5")
    for a, b in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(a, b)
