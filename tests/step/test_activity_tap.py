"""What the units do, against a few lines of NumPy."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from kgrad.step.activity_tap import GATE_SAMPLES, READ_STEPS, ActivityTap
from kgrad.step.scan import SAMPLES
from kgrad.step.time_tap import TimeTap

BATCH, STEPS, FEATURES, UNITS = 6, 5, 3, 8


def read(model: keras.Model, x: np.ndarray) -> dict[str, dict[str, float]]:
    """Numbers by the last part of the layer's path."""
    activity = ActivityTap(model)
    time = TimeTap(model, lambda: 1.0, activity.scanned)
    with activity.listening(), time.listening():
        model(x, training=True)
    found = activity.read()
    return {a.layer.rpartition("/")[2]: dict(a.values) for a in found}


def model_of(*stack: Any, shape: tuple[int, ...]) -> keras.Model:
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(5)
    return keras.Sequential([layers.Input(shape), *stack])


def normal(*shape: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.standard_normal(shape).astype(np.float32)


def of_outputs(outputs: np.ndarray) -> dict[str, float]:
    rows = outputs.reshape(-1, outputs.shape[-1]).astype(np.float64)
    return {
        "silent_unit_share": (np.abs(rows) < 1e-3).all(axis=0).mean(),
        "output_mean": rows.mean(),
        "output_spread": rows.std(),
    }


def beyond(outputs: np.ndarray, low: float, high: float) -> np.ndarray:
    return (outputs < low) | (outputs > high)


def assert_close(found: dict[str, float], expected: dict[str, float]) -> None:
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-4, abs=1e-6), name


def test_a_relu_layer_has_silent_units() -> None:
    dense = layers.Dense(UNITS, "relu", name="dense")
    model = model_of(dense, shape=(FEATURES,))
    kernel, bias = dense.get_weights()
    bias[:3] = -100.0
    dense.set_weights([kernel, bias])
    x = normal(BATCH, FEATURES)
    found = read(model, x)["dense"]
    assert_close(found, of_outputs(np.maximum(x @ kernel + bias, 0)))
    assert found["silent_unit_share"] == pytest.approx(3 / UNITS)


@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [("tanh", -0.99, 0.99), ("sigmoid", 0.01, 0.99)],
)
def test_a_bounded_layer_has_saturated_units(
    activation: str, low: float, high: float
) -> None:
    dense = layers.Dense(UNITS, activation, name="dense")
    model = model_of(dense, shape=(STEPS, FEATURES))
    kernel, bias = dense.get_weights()
    # Always, never, and now and then: more than half of the time counts.
    kernel *= np.geomspace(0.01, 40, UNITS)
    bias[:2] = 100, -100
    dense.set_weights([kernel, bias])
    x = normal(BATCH, STEPS, FEATURES)
    given = x.astype(np.float64) @ kernel + bias
    outputs = np.tanh(given) if activation == "tanh" else sigmoid(given)
    most = beyond(outputs, low, high).mean(axis=(0, 1)) > 0.5
    assert 2 <= most.sum() < UNITS
    expected = of_outputs(outputs) | {"saturated_unit_share": most.mean()}
    assert_close(read(model, x)["dense"], expected)


def test_of_sequences_the_first_samples_are_averaged() -> None:
    dense = layers.Dense(UNITS, "relu", name="dense")
    model = model_of(dense, shape=(STEPS, FEATURES))
    kernel = np.eye(FEATURES, UNITS)
    dense.set_weights([kernel, np.zeros(UNITS)])
    x = normal(SAMPLES + 1, STEPS, FEATURES)
    x[:, :, 0], x[:, :, 1] = -1.0, -1.0
    x[SAMPLES, 0, 1] = 1.0  # Not silent, though it is on all others.
    found = read(model, x)["dense"]
    outputs = np.maximum(x @ kernel, 0)
    expected = of_outputs(outputs[:SAMPLES])
    expected["silent_unit_share"] = (UNITS - FEATURES + 1) / UNITS
    assert_close(found, expected)


def sparse_relu(batch: int, steps: int) -> tuple[Any, np.ndarray, np.ndarray]:
    """A layer, inputs and outputs: one unit speaks on one sample alone."""
    rnn = layers.SimpleRNN(UNITS, activation="relu", name="rnn")
    model = model_of(rnn, shape=(steps, FEATURES))
    rnn.set_weights(
        [
            np.eye(FEATURES, UNITS),
            0.5 * np.eye(UNITS),
            np.zeros(UNITS),
        ]
    )
    x = normal(batch, steps, FEATURES)
    x[:, :, 0], x[:, :, 1] = -1.0, -1.0
    x[-1, 1, 1] = 1.0
    h, outputs = np.zeros((batch, UNITS)), []
    for x_t in x.swapaxes(0, 1):
        h = np.maximum(np.pad(x_t, [(0, 0), (0, UNITS - FEATURES)]) + h / 2, 0)
        outputs.append(h)
    return model, x, np.stack(outputs, axis=1)


def test_of_long_sequences_some_steps_of_the_first_samples_are_averaged() -> (
    None
):
    model, x, outputs = sparse_relu(SAMPLES + 1, 2 * READ_STEPS - 1)
    expected = of_outputs(outputs[:SAMPLES, ::2])
    # Silent is what is so on all samples and steps.
    expected["silent_unit_share"] = (UNITS - FEATURES + 1) / UNITS
    assert_close(read(model, x)["rnn"], expected)


def test_gates_of_long_sequences_are_those_of_the_same_steps() -> None:
    rnn = layers.LSTM(UNITS, name="rnn")
    steps = 2 * READ_STEPS + 1
    model = model_of(rnn, shape=(steps, FEATURES))
    rng = np.random.default_rng(7)
    weights = [2.5 * rng.standard_normal(w.shape) for w in rnn.get_weights()]
    rnn.set_weights(weights)
    x = normal(BATCH, steps, FEATURES)
    outputs, gates = lstm_by_hand(x, weights)
    expected = of_outputs(outputs[::3])
    for letter, values in gates.items():
        share = beyond(values[::3, :GATE_SAMPLES], 0.05, 0.95).mean()
        expected[f"gate_{letter}_saturated_share"] = share
    found = read(model, x)["rnn"]
    assert_close({name: found[name] for name in expected}, expected)


def test_layers_without_an_activation_are_not_read() -> None:
    model = model_of(
        layers.Dense(3),
        layers.Flatten(),
        layers.ReLU(),
        layers.Activation("relu", name="activation"),
        shape=(FEATURES,),
    )
    assert set(read(model, normal(BATCH, FEATURES))) == {"activation"}


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


def lstm_by_hand(
    x: np.ndarray, weights: list[np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """h of all steps, and the gates, `(time, batch, units)`."""
    kernel, recurrent, bias = weights
    h = c = np.zeros((len(x), UNITS))
    rows = []
    for x_t in x.swapaxes(0, 1).astype(np.float64):
        i, f, g, o = np.split(x_t @ kernel + h @ recurrent + bias, 4, axis=1)
        i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        rows.append((h, i, f, o))
    outputs, *gates = map(np.stack, zip(*rows, strict=True))
    return outputs, dict(zip("ifo", gates, strict=True))


def gru_by_hand(
    x: np.ndarray, weights: list[np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The same for both forms of the GRU; their biases tell them apart."""
    kernel, recurrent, bias = weights
    reset_after = bias.ndim == 2
    given_bias, own_bias = bias if reset_after else (bias, 0 * bias)
    h = np.zeros((len(x), UNITS))
    rows = []
    for x_t in x.swapaxes(0, 1).astype(np.float64):
        xz, xr, xg = np.split(x_t @ kernel + given_bias, 3, axis=1)
        hz, hr, hg = np.split(h @ recurrent + own_bias, 3, axis=1)
        z, r = sigmoid(xz + hz), sigmoid(xr + hr)
        if reset_after:
            g = np.tanh(xg + r * hg)
        else:
            g = np.tanh(xg + (r * h) @ recurrent[:, 2 * UNITS :])
        h = z * h + (1 - z) * g
        rows.append((h, z, r))
    outputs, *gates = map(np.stack, zip(*rows, strict=True))
    return outputs, dict(zip("zr", gates, strict=True))


GATED = {
    "LSTM": (layers.LSTM, lstm_by_hand, {}),
    "LSTM, sequences": (layers.LSTM, lstm_by_hand, {"return_sequences": True}),
    "LSTM, backwards": (layers.LSTM, lstm_by_hand, {"go_backwards": True}),
    "GRU": (layers.GRU, gru_by_hand, {}),
    "GRU, reset_after=False": (
        layers.GRU,
        gru_by_hand,
        {"reset_after": False, "go_backwards": True},
    ),
}


@pytest.mark.parametrize("name", GATED)
def test_gates_of_recurrent_layers_are_those_of_a_scan_by_hand(
    name: str,
) -> None:
    kind, by_hand, arguments = GATED[name]
    rnn = kind(UNITS, name="rnn", **arguments)
    model = model_of(rnn, shape=(STEPS, FEATURES))
    rng = np.random.default_rng(7)
    weights = [2.5 * rng.standard_normal(w.shape) for w in rnn.get_weights()]
    rnn.set_weights(weights)
    x = normal(BATCH, STEPS, FEATURES)
    outputs, gates = by_hand(
        x[:, ::-1] if "go_backwards" in arguments else x, weights
    )
    most = beyond(outputs, -0.99, 0.99).mean(axis=(0, 1)) > 0.5
    expected = of_outputs(outputs) | {"saturated_unit_share": most.mean()}
    for letter, values in gates.items():
        share = beyond(values[:, :GATE_SAMPLES], 0.05, 0.95).mean()
        assert 0.1 < share < 0.95
        expected[f"gate_{letter}_saturated_share"] = share
    assert_close(read(model, x)["rnn"], expected)


def test_a_recurrent_layer_without_gates_is_read_over_all_steps() -> None:
    rnn = layers.SimpleRNN(UNITS, activation="relu", name="rnn")
    model = model_of(rnn, shape=(STEPS, FEATURES))
    kernel, recurrent, bias = rnn.get_weights()
    bias[:2] = -100.0
    rnn.set_weights([kernel, recurrent, bias])
    x = normal(BATCH, STEPS, FEATURES)
    h = np.zeros((BATCH, UNITS))
    outputs = []
    for x_t in x.swapaxes(0, 1):
        h = np.maximum(x_t @ kernel + h @ recurrent + bias, 0)
        outputs.append(h)
    assert_close(read(model, x)["rnn"], of_outputs(np.stack(outputs)))
