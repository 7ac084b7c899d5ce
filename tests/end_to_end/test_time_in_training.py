"""Models that people build, trained a while: are their profiles right?

Each is watched in `fit`; in every sample, the profiles must be those that
a probe finds for the same batch and the weights of that step.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import kgrad
from tests.step.through_time import Weights

BATCH, STEPS, EVERY = 8, 61, 20

Made = tuple[keras.Model, Any, np.ndarray]
"""A compiled model and its data."""

pytestmark = pytest.mark.slow


def seq2seq() -> Made:
    """Says a sequence of tokens in reverse; the decoder is told the last."""
    rng = np.random.default_rng(0)
    given = rng.integers(1, 6, (BATCH * STEPS, 6))
    asked = given[:, ::-1]
    told = np.concatenate([0 * asked[:, :1], asked[:, :-1]], axis=1)
    source, target = (layers.Input((6,), dtype="int32") for _ in range(2))
    encoder = layers.LSTM(12, return_state=True, name="encoder")
    decoder = layers.LSTM(12, return_sequences=True, name="decoder")
    _, *states = encoder(layers.Embedding(6, 6)(source))
    h = decoder(layers.Embedding(6, 6)(target), initial_state=states)
    model = keras.Model(
        [source, target], layers.Dense(6, activation="softmax")(h)
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, [given, told], asked


def sentiment() -> Made:
    """More of token 1 or of token 2, in texts of 3 to 9 tokens."""
    rng = np.random.default_rng(0)
    x = rng.integers(1, 8, (BATCH * STEPS, 9))
    x[np.arange(9) >= rng.integers(3, 10, (len(x), 1))] = 0
    y = (x == 1).sum(axis=1) > (x == 2).sum(axis=1)
    model = keras.Sequential(
        [
            layers.Input((9,), dtype="int32"),
            layers.Embedding(8, 4, mask_zero=True),
            layers.Bidirectional(layers.LSTM(6)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    return model, x, y.astype(np.float32)


def film() -> Made:
    """Where a dot of light has moved to, in six frames."""
    rng = np.random.default_rng(0)
    start = rng.integers(0, 5, (BATCH * STEPS, 1))
    place = (start + np.arange(7)) % 5
    frames = np.eye(5, dtype=np.float32)[place][:, :, np.newaxis, :, np.newaxis]
    model = keras.Sequential(
        [
            layers.Input((6, 1, 5, 1)),
            layers.ConvLSTM2D(3, (1, 3), padding="same"),
            layers.Flatten(),
            layers.Dense(5, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, frames[:, :6], place[:, 6]


class LeakyCell(keras.Layer):
    """A cell of the user's own: h = 0.9 h + 0.1 tanh(W x + U h)."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = self.state_size = units

    def build(self, shape: Any) -> None:
        units = self.units
        self.kernel = self.add_weight(shape=(shape[-1], units), name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(units, units), name="recurrent_kernel"
        )

    def call(self, x: Any, states: Any) -> Any:
        new = keras.ops.tanh(
            x @ self.kernel + states[0] @ self.recurrent_kernel
        )
        h = 0.9 * states[0] + 0.1 * new
        return h, [h]


def own_cell() -> Made:
    """The first number of twenty, remembered by a leaky cell."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH * STEPS, 20, 1)).astype(np.float32)
    model = keras.Sequential(
        [
            layers.Input((20, 1)),
            layers.RNN(LeakyCell(8), name="leaky"),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    return model, x, x[:, 0]


@pytest.mark.parametrize(
    ("make", "states"),
    [
        (seq2seq, "encoder h, encoder c, decoder h, decoder c"),
        (
            sentiment,
            "forward_lstm h, forward_lstm c, backward_lstm h, backward_lstm c",
        ),
        pytest.param(
            film, "conv_lstm2d h, conv_lstm2d c", marks=pytest.mark.full
        ),
        pytest.param(own_cell, "leaky h", marks=pytest.mark.full),
    ],
)
def test_samples_in_training_hold_what_a_probe_finds(
    make: Callable[[], Made], states: str, tmp_path: Path
) -> None:
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(9)
    model, x, y = make()
    weights = Weights()
    monitor = kgrad.GradientMonitor(tmp_path, reporters=[], time_every=EVERY)
    model.fit(
        x, y, BATCH, shuffle=False, verbose=0, callbacks=[weights, monitor]
    )
    history = kgrad.RunHistory.load(tmp_path)
    assert len(history.steps) == STEPS
    assert [s.step for s in history.samples] == [1, 21, 41, 61]
    for sample in history.samples:
        names = [f"{p.layer.split('/')[-1]} {p.state}" for p in sample.profiles]
        assert ", ".join(names) == states
        first = (sample.step - 1) * BATCH
        rows = slice(first, first + BATCH)
        batch = [a[rows] for a in x] if isinstance(x, list) else x[rows]
        model.set_weights(weights.before[sample.step - 1])
        probed = kgrad.time_gradients(model, batch, y[rows])
        for profile, expected in zip(sample.profiles, probed, strict=True):
            assert profile.norm.any()
            assert np.isfinite(profile.decay)
            np.testing.assert_allclose(
                profile.norm, expected.norm, rtol=1e-4, atol=1e-12
            )
            assert profile.fresh == expected.fresh
            assert profile.fresh == ("decoder" in profile.layer)


def test_a_leaky_cell_forgets_a_tenth_a_step(tmp_path: Path) -> None:
    keras.utils.set_random_seed(9)
    model, x, y = own_cell()
    cell = model.layers[0].cell
    cell.recurrent_kernel.assign(np.zeros((8, 8)))
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    model.fit(x[:BATCH], y[:BATCH], BATCH, verbose=0, callbacks=[monitor])
    (profile,) = monitor.history.time_profiles("leaky").profiles
    assert profile.decay == pytest.approx(-np.log10(0.9), rel=1e-4)
