"""Loops have what `fit` has: the gradient through time, units, same bits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.loops.training import (
    BATCH,
    batches,
    data,
    model,
    monitor,
    sampled,
    step_of,
    steps_of,
    told,
)

Train = Callable[[keras.Model], Any]


def compiled(trained: keras.Model) -> Any:
    return tf.function(step_of(trained))


def by_xla(trained: keras.Model) -> Any:
    trained.optimizer.build(trained.trainable_variables)
    return tf.function(step_of(trained), jit_compile=True)


LOOPS: dict[str, Train] = {
    "eager": step_of,
    "function": compiled,
    "xla": by_xla,
    "train_on_batch": lambda trained: trained.train_on_batch,
}


def loop(step: Any, validate: Any = None) -> None:
    for batch in batches(7):
        if validate is not None:
            validate(batch[0])
        step(*batch)


@pytest.mark.parametrize(
    "kind",
    [
        "eager",
        "function",
        pytest.param("xla", marks=pytest.mark.full),
        pytest.param("train_on_batch", marks=pytest.mark.full),
    ],
)
def test_loops_have_profiles_and_activity_and_the_same_bits(
    kind: str, tmp_path: Path
) -> None:
    plain, watched = model(), model()
    loop(LOOPS[kind](plain), plain)
    fitted, beside = model(), monitor(tmp_path / "fit")
    fitted.fit(*data(7), BATCH, shuffle=False, verbose=0, callbacks=[beside])
    watching = monitor(tmp_path / "loop")
    step = LOOPS[kind](watched)
    with watching.watch(watched):
        loop(step, watched)
    assert steps_of(watching) == list(range(1, 8))
    # The first step tells an eager loop, or a new function, from others.
    found = sampled(watching)
    assert found == ([1, 4, 7] if kind == "train_on_batch" else [2, 5])
    for a, b in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert "inner_loop" not in vars(watched.layers[0])
    assert "call" not in vars(watched.layers[0])
    activities = [s.activities for s in watching.history.samples]
    assert all(a and a[0].values for a in activities)
    # What a step gave is what `fit` reads in the same step.
    every = {p.step: p for p in beside.history.time_profiles("rnn").profiles}
    for profile in watching.history.time_profiles("rnn").profiles:
        assert (profile.norm > 0).all()
        if profile.step in every and kind != "xla":
            np.testing.assert_allclose(
                profile.norm, every[profile.step].norm, rtol=1e-5
            )


def both_ways() -> keras.layers.Layer:
    return keras.layers.Bidirectional(keras.layers.GRU(3))


def cells() -> keras.layers.Layer:
    layers = keras.layers
    return layers.RNN([layers.LSTMCell(3), layers.GRUCell(3)])


def dropout() -> keras.layers.Layer:
    return keras.layers.LSTM(3, dropout=0.2, recurrent_dropout=0.2, seed=1)


@pytest.mark.parametrize(
    "rnn",
    [
        lambda: keras.layers.SimpleRNN(8),
        lambda: keras.layers.GRU(8),
        lambda: keras.layers.LSTM(8),
        pytest.param(both_ways, marks=pytest.mark.full),
        pytest.param(cells, marks=pytest.mark.full),
        pytest.param(dropout, marks=pytest.mark.full),
    ],
    ids=["SimpleRNN", "GRU", "LSTM", "both_ways", "cells", "dropout"],
)
def test_eager_steps_come_out_bit_for_bit(
    rnn: Callable[[], keras.layers.Layer], tmp_path: Path
) -> None:
    """Summands of a gradient are added in groups, so there must be no more."""

    def weights(*callbacks: Any) -> list[np.ndarray]:
        keras.utils.set_random_seed(1)
        layers = [keras.Input((12, 4)), rnn(), keras.layers.Dense(1)]
        trained = keras.Sequential(layers)
        trained.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
        x = np.random.default_rng(0).normal(size=(64, 12, 4))
        trained.fit(
            x, x[:, 0, :1], 16, shuffle=False, verbose=0, callbacks=callbacks
        )
        return trained.get_weights()

    watching = monitor(tmp_path, time_every=1)
    for a, b in zip(weights(), weights(watching), strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(watching.history.samples) == 4


@pytest.mark.parametrize("eager", [False, True])
def test_a_cell_that_is_called_beside_its_layer(
    eager: bool, tmp_path: Path
) -> None:
    """The feedback model of TensorFlow's time-series tutorial."""

    class Feedback(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.cell = keras.layers.LSTMCell(4)
            self.rnn = keras.layers.RNN(self.cell, return_state=True)
            self.out = keras.layers.Dense(2)

        def call(self, x: Any, training: bool = False) -> Any:
            y, *state = self.rnn(x, training=training)
            found = [self.out(y)]
            for _ in range(12):
                y, state = self.cell(found[-1], state, training=training)
                found.append(self.out(y))
            return tf.stack(found, axis=1)

    def weights(*callbacks: Any) -> list[np.ndarray]:
        keras.utils.set_random_seed(1)
        trained = Feedback()
        trained.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=eager)
        x = np.random.default_rng(0).normal(size=(64, 13, 2)).astype("float32")
        trained.fit(x, x, 16, shuffle=False, verbose=0, callbacks=callbacks)
        return trained.get_weights()

    watching = monitor(tmp_path, time_every=1)
    for a, b in zip(weights(), weights(watching), strict=True):
        np.testing.assert_array_equal(a, b)
    assert watching.history.samples


class Noise(keras.layers.Layer):
    def call(self, x: Any) -> Any:
        return x + tf.random.normal(tf.shape(x), stddev=0.1)


@pytest.mark.parametrize("loops", [False, True])
def test_random_numbers_without_a_seed_are_drawn_as_without_the_monitor(
    loops: bool, tmp_path: Path
) -> None:
    """They are counted in the graph, so there must be one graph."""
    watching = monitor(tmp_path)
    plain, watched = model(Noise()), model(Noise())
    with told() as messages:
        if loops:
            keras.utils.set_random_seed(2)
            loop(compiled(plain))
            keras.utils.set_random_seed(2)
            with watching.watch(watched):
                loop(compiled(watched))
        else:
            for trained, callbacks in ((plain, []), (watched, [watching])):
                keras.utils.set_random_seed(2)
                trained.fit(
                    *data(7),
                    BATCH,
                    shuffle=False,
                    verbose=0,
                    callbacks=callbacks,
                )
    for a, b in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(steps_of(watching)) == 7
    assert not watching.history.samples
    (message,) = messages
    assert "`tf.random`" in message
    assert "time_every=None" in message


def test_random_numbers_of_keras_are_sampled(tmp_path: Path) -> None:
    watching = monitor(tmp_path)
    plain = model(keras.layers.GaussianNoise(0.1, seed=1))
    watched = model(keras.layers.GaussianNoise(0.1, seed=1))
    for trained, callbacks in ((plain, []), (watched, [watching])):
        trained.fit(
            *data(7), BATCH, shuffle=False, verbose=0, callbacks=callbacks
        )
    for a, b in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert sampled(watching) == [1, 4, 7]
