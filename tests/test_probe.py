"""A look at one batch outside training, against scans and separate losses."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from tests.step.through_time import Scan

BATCH, STEPS, FEATURES = 3, 5, 2


def data(outputs: tuple[int, ...] = (1,)) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH, STEPS, FEATURES)).astype(np.float32)
    return x, rng.standard_normal((BATCH, *outputs)).astype(np.float32)


def model_of(*stack: Any, **arguments: Any) -> keras.Model:
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(6)
    shape = layers.Input(batch_shape=(BATCH, STEPS, FEATURES))
    model = keras.Sequential([shape, *stack])
    model.compile("sgd", "mse", **arguments)
    return model


def last_step(rnn: Any) -> keras.Model:
    return model_of(rnn, layers.Dense(1))


def every_step(rnn: Any) -> keras.Model:
    return model_of(rnn, layers.Dense(1))


class ByHand:
    """A scan and a read-out by hand; gradients of any loss of theirs."""

    def __init__(self, model: keras.Model, x: np.ndarray) -> None:
        rnn, readout = model.layers
        self.scan = Scan(rnn)
        self.tape = tf.GradientTape(persistent=True)
        with self.tape:
            self.y = readout(self.scan(self.tape, tf.constant(x)))

    def mean_squared(self, y: np.ndarray) -> Any:
        with self.tape:
            return tf.reduce_mean((self.y - y) ** 2)

    def gradients(self, loss: Any) -> np.ndarray:
        """`(time, states, batch, units)`."""
        return np.array(
            [
                self.tape.gradient(loss, zeros, unconnected_gradients="zero")
                for zeros in self.scan.added
            ],
            np.float64,
        )


@pytest.mark.parametrize(
    "kind",
    [layers.SimpleRNN, layers.LSTM, layers.GRU],
    ids=lambda k: k.__name__,
)
def test_gradients_are_those_of_a_scan_by_hand_in_all_and_by_sample(
    kind: type,
) -> None:
    model = last_step(kind(4))
    x, y = data()
    found = kgrad.time_gradients(model, x, y, per_sample=True)
    hand = ByHand(model, x)
    gradients = hand.gradients(hand.mean_squared(y))
    assert [p.state for p in found] == ["h", "c"][: gradients.shape[1]]
    for state, profile in enumerate(found):
        by_sample = np.linalg.norm(gradients[:, state], axis=-1).T
        np.testing.assert_allclose(profile.samples, by_sample, rtol=1e-5)
        total = np.sqrt((by_sample**2).sum(axis=0))
        np.testing.assert_allclose(profile.norm, total, rtol=1e-5)
        assert profile.norm.dtype == np.float64
        assert profile.step == 0
        assert profile.layer == model.layers[0].path
        assert not profile.fresh


def test_lags_are_the_gradients_of_each_steps_loss_alone() -> None:
    model = every_step(layers.GRU(4, return_sequences=True))
    x, y = data((STEPS, 1))
    (profile,) = kgrad.time_gradients(model, x, y, lags=True)
    assert profile.fresh
    hand = ByHand(model, x)
    with hand.tape:
        losses = tf.reduce_mean((hand.y - y) ** 2, axis=-1)
        parts = [
            tf.reduce_sum(losses[:, s]) / (BATCH * STEPS) for s in range(STEPS)
        ]
    expected = [
        np.linalg.norm(hand.gradients(part)[:, 0], axis=(1, 2))
        for part in parts
    ]
    assert profile.lags is not None
    assert profile.lags.shape == (STEPS, STEPS)
    np.testing.assert_allclose(profile.lags, expected, rtol=1e-5, atol=1e-12)
    assert not np.triu(profile.lags, 1).any()
    assert np.diag(profile.lags).all()


def test_of_several_layers_each_has_its_own_in_the_order_of_the_layers() -> (
    None
):
    model = model_of(
        layers.LSTM(3, return_sequences=True, name="first"),
        layers.SimpleRNN(2, name="second"),
        layers.Dense(1),
    )
    found = kgrad.time_gradients(model, *data())
    names = [(p.layer.rpartition("/")[2], p.state) for p in found]
    assert names == [("first", "h"), ("first", "c"), ("second", "h")]
    assert all(p.samples is None and p.lags is None for p in found)


def test_what_cannot_be_probed_is_refused() -> None:
    x, y = data()
    uncompiled = keras.Sequential([layers.SimpleRNN(2), layers.Dense(1)])
    uncompiled(x)
    with pytest.raises(ValueError, match=r"`model` must be compiled.*Received"):
        kgrad.time_gradients(uncompiled, x, y)
    dense = model_of(layers.Flatten(), layers.Dense(1))
    with pytest.raises(ValueError, match=r"`model` must have a recurrent.*Rec"):
        kgrad.time_gradients(dense, x, y)
    with pytest.raises(ValueError, match=r"`model` must have a recurrent.*Rec"):
        kgrad.spectrum(dense)
    with pytest.raises(ValueError, match=r"`lags` needs a loss.*Received"):
        kgrad.time_gradients(last_step(layers.GRU(2)), x, y, lags=True)


def test_the_model_is_left_as_it_was() -> None:
    model = model_of(
        layers.BatchNormalization(),
        layers.GRU(3, stateful=True, dropout=0.5),
        layers.Dense(1),
        metrics=["mae"],
    )
    x, y = data()
    model.train_on_batch(x, y)
    rnn = model.layers[1]
    kept = [*model.variables, *model.metrics_variables, *rnn.states]
    before = [variable.numpy() for variable in kept]
    attributes = [set(vars(layer)) for layer in model.layers]
    assert all(state.any() for state in before[-1:])
    first = kgrad.time_gradients(model, x, y)
    again = kgrad.time_gradients(model, x, y)
    np.testing.assert_array_equal(first[0].norm, again[0].norm)
    for value, variable in zip(before, kept, strict=True):
        np.testing.assert_array_equal(value, variable.numpy())
    assert [set(vars(layer)) for layer in model.layers] == attributes


def test_the_model_is_left_as_it_was_when_the_probe_fails() -> None:
    model = last_step(layers.GRU(2))
    rnn = model.layers[0]
    with pytest.raises(tf.errors.InvalidArgumentError):
        kgrad.time_gradients(model, np.zeros((BATCH, STEPS, 9)), data()[1])
    assert "inner_loop" not in vars(rnn)


def orthogonal(units: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.linalg.qr(rng.standard_normal((units, units)))[0]


@pytest.mark.parametrize(
    "kernel",
    [orthogonal(4), np.eye(4), np.diag([2.0, -3.0, 0.5, 0.0])],
    ids=["orthogonal", "identity", "diagonal"],
)
def test_spectrum_is_that_of_numpy(kernel: np.ndarray) -> None:
    rnn = layers.SimpleRNN(4)
    model = last_step(rnn)
    weights = rnn.get_weights()
    rnn.set_weights([weights[0], kernel, weights[2]])
    (found,) = kgrad.spectrum(model)
    assert found.layer == rnn.path
    assert found.gate == ""
    expected = np.sort(np.sqrt(np.linalg.eigvalsh(kernel.T @ kernel).clip(0)))
    np.testing.assert_allclose(found.singular_values, expected[::-1], atol=1e-6)
    assert found.radius == pytest.approx(
        np.abs(np.linalg.eigvals(kernel)).max(), rel=1e-5
    )


def test_gated_layers_have_a_spectrum_for_each_gate() -> None:
    model = model_of(
        layers.LSTM(3, return_sequences=True), layers.GRU(2), layers.Dense(1)
    )
    found = kgrad.spectrum(model)
    assert [s.gate for s in found] == [*"ifco", *"zrh"]
    kernel = model.layers[1].cell.recurrent_kernel.numpy()
    np.testing.assert_allclose(
        found[5].singular_values,
        np.linalg.svd(kernel[:, 2:4], compute_uv=False),
        rtol=1e-5,
    )
