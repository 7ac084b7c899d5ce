"""Inputs that are scaled in the model, against NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from kgrad import remedies
from kgrad.treatment import NotApplicableError, apply
from tests.treatment.models import (
    array,
    compiled,
    find,
    functional,
    inputs,
    same,
    sequential,
    weights,
)

EDITS = remedies.scale_inputs().edits


def standardised(x: np.ndarray) -> np.ndarray:
    """Each feature with mean 0 and spread 1 over samples and time."""
    spread = np.sqrt(x.var(axis=(0, 1)) + 1e-3)
    return np.asarray((x - x.mean(axis=(0, 1))) / spread)


def test_a_sequential_model_sees_features_of_mean_0_and_spread_1() -> None:
    model, old = apply(sequential(), EDITS), sequential()
    x = inputs(model)
    (scaled,) = [y for y in model.layers if y.name.endswith("_scaled")]
    seen = scaled(x, training=True)
    np.testing.assert_allclose(seen, standardised(x), rtol=1e-4, atol=1e-4)
    assert model.layers[0] is scaled
    assert not scaled.trainable_weights
    for layer in old.layers:
        assert same(weights(find(model, layer.name)), weights(layer))


def test_it_learns_mean_and_spread_in_training() -> None:
    model = apply(sequential(), EDITS)
    x = np.tile(inputs(model), (25, 1, 1))
    model.fit(x, np.zeros((200, 2)), 8, epochs=3, shuffle=False, verbose=0)
    seen = model.layers[0](x)
    np.testing.assert_allclose(seen, standardised(x), atol=1e-2)


def test_each_input_of_real_numbers_is_scaled_and_no_token() -> None:
    model, old = apply(functional(), EDITS), functional()
    a, b, tokens = inputs(model)
    names = {x.name for x in model.layers if x.name.endswith("_scaled")}
    assert names == {"a_scaled", "b_scaled"}
    expected = old([standardised(a), standardised(b), tokens])
    np.testing.assert_allclose(
        model([a, b, tokens], training=True), expected, rtol=1e-3, atol=1e-4
    )


def test_an_input_that_two_layers_read_is_scaled_once() -> None:
    x = layers.Input((5, 3), name="x")
    both = [layers.Dense(2, name="l")(x), layers.Dense(2, name="r")(x)]
    model = compiled(keras.Model(x, layers.Add()(both)))
    model = apply(model, EDITS)
    (scaled,) = [y for y in model.layers if y.name == "x_scaled"]
    assert len(scaled._inbound_nodes) == 1


@pytest.mark.parametrize("stacked", [True, False])
def test_padding_stays_padding(stacked: bool) -> None:
    def build() -> keras.Model:
        keras.utils.set_random_seed(1)
        parts = [
            layers.Masking(name="masking"),
            layers.LSTM(3),
            layers.Dense(2),
        ]
        x = layers.Input((None, 3), name="x")
        if stacked:
            return compiled(keras.Sequential([x, *parts]))
        y = x
        for part in parts:
            y = part(y)
        return compiled(keras.Model(x, y))

    model = apply(build(), EDITS)
    x = inputs(model)
    padded = x.copy()
    padded[:, 3:] = 0
    model(padded, training=True)
    # What is padded changes neither the answer nor the estimates.
    (scaled,) = [y for y in model.layers if y.name == "x_scaled"]
    estimate = array(scaled.moving_mean)
    np.testing.assert_allclose(
        estimate, 0.1 * x[:, :3].mean(axis=(0, 1)), rtol=1e-4
    )
    short = apply(build(), EDITS)
    short(x[:, :3], training=True)
    np.testing.assert_allclose(model(padded), short(x[:, :3]), rtol=1e-4)


@pytest.mark.parametrize(
    "start",
    [
        [layers.Input((5,), dtype="int32"), layers.Embedding(7, 2)],
        [layers.Embedding(7, 2)],
        [layers.Input((5,)), layers.Embedding(7, 2)],
    ],
)
def test_tokens_cannot_be_scaled(start: list[keras.Layer]) -> None:
    model = keras.Sequential([*start, layers.SimpleRNN(2), layers.Dense(2)])
    with pytest.raises(NotApplicableError, match="no input of real numbers"):
        apply(compiled(model), EDITS)
