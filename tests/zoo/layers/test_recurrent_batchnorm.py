"""Recurrent batch normalization against the paper's equations in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kgrad
from zoo.layers import recurrent_batchnorm as rbn

pytestmark = pytest.mark.filterwarnings(
    # Keras reads its variables so when it saves them.
    "ignore:__array__ implementation:DeprecationWarning"
)

BATCH, T, FEATURES, UNITS, EPSILON = 6, 5, 3, 4, 1e-5

CELLS = [
    rbn.BatchNormSimpleRNNCell,
    rbn.BatchNormLSTMCell,
    rbn.BatchNormGRUCell,
]

Moments = Callable[[str, int, np.ndarray], tuple[np.ndarray, np.ndarray]]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def layer_of(cell: type, steps: int = T, **arguments: Any) -> Any:
    """A layer whose every weight is drawn at random."""
    keras.utils.set_random_seed(1)
    layer = rbn.BatchNormalizedRNN(cell(UNITS, steps), **arguments)
    layer.build((BATCH, T, FEATURES))
    rng = np.random.default_rng(0)
    for weight in layer.weights:
        low = 0.5 if "variance" in weight.path else -1.0
        weight.assign(rng.uniform(low, 1.0, weight.shape))
    return layer


def in_numpy(layer: Any, x: np.ndarray, moments: Moments) -> np.ndarray:
    """`(batch, T, units)`: h of every step, as the paper has it."""
    cell = layer.cell
    w, u, b = (
        v.numpy() for v in (cell.kernel, cell.recurrent_kernel, cell.bias)
    )

    def normal(name: str, t: int, values: np.ndarray) -> np.ndarray:
        norm = getattr(cell, f"normalize_{name}")
        mean, variance = moments(name, t, values)
        result = (values - mean) / np.sqrt(variance + EPSILON)
        result = norm.gamma.numpy() * result
        return result if norm.beta is None else result + norm.beta.numpy()

    h = c = np.zeros((len(x), UNITS))
    outputs = []
    for t in range(x.shape[1]):
        from_x = normal("input", t, x[:, t] @ w) + b
        from_h = normal("state", t, h @ u)
        match type(cell).__name__:
            case "BatchNormSimpleRNNCell":
                h = np.tanh(from_x + from_h)
            case "BatchNormLSTMCell":
                i, f, g, o = np.split(from_x + from_h, 4, axis=1)
                c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                h = sigmoid(o) * np.tanh(normal("cell", t, c))
            case "BatchNormGRUCell":
                (x_z, x_r, x_h), (h_z, h_r, h_h) = (
                    np.split(part, 3, axis=1) for part in (from_x, from_h)
                )
                z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
                h = z * h + (1 - z) * np.tanh(x_h + r * h_h)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def inputs(length: int = T) -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.standard_normal((BATCH, length, FEATURES)).astype(np.float32)


@pytest.mark.parametrize("cell", CELLS)
def test_training_normalises_by_the_batch_step_by_step(cell: type) -> None:
    layer = layer_of(cell, return_sequences=True)
    expected = in_numpy(
        layer, inputs(), lambda name, t, x: (x.mean(axis=0), x.var(axis=0))
    )
    got = layer(inputs(), training=True)
    np.testing.assert_allclose(got, expected, rtol=2e-4, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_prediction_normalises_by_what_was_remembered_of_each_step(
    cell: type,
) -> None:
    """Later steps than there are statistics of share those of the last."""
    layer = layer_of(cell, steps=3, return_sequences=True)

    def remembered(name: str, t: int, _: Any) -> tuple[np.ndarray, np.ndarray]:
        norm = getattr(layer.cell, f"normalize_{name}")
        row = min(t, 2)
        return (
            norm.moving_mean.numpy()[row],
            norm.moving_variance.numpy()[row],
        )

    expected = in_numpy(layer, inputs(), remembered)
    before = layer.get_weights()
    got = layer(inputs(), training=False)
    np.testing.assert_allclose(got, expected, rtol=2e-4, atol=1e-5)
    np.testing.assert_array_equal(
        np.concatenate([w.ravel() for w in layer.get_weights()]),
        np.concatenate([w.ravel() for w in before]),
    )


def test_training_remembers_the_statistics_of_each_step() -> None:
    """Of the first one twice: Keras' scan runs it twice."""
    kept = np.array([[0.95**2], *[[0.95]] * (T - 1)])
    layer = layer_of(rbn.BatchNormSimpleRNNCell)
    norm = layer.cell.normalize_input
    before = norm.moving_mean.numpy(), norm.moving_variance.numpy()
    layer(inputs(), training=True)
    products = inputs() @ layer.cell.kernel.numpy()
    np.testing.assert_allclose(
        norm.moving_mean.numpy(),
        kept * before[0] + (1 - kept) * products.mean(axis=0),
        rtol=1e-4,
        atol=1e-6,
    )
    np.testing.assert_allclose(
        norm.moving_variance.numpy(),
        kept * before[1] + (1 - kept) * products.var(axis=0),
        rtol=1e-4,
        atol=1e-6,
    )


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(
            cell,
            marks=() if cell is rbn.BatchNormLSTMCell else pytest.mark.full,
        )
        for cell in CELLS
    ],
)
def test_a_model_of_it_is_saved_and_watched(cell: type, tmp_path: Path) -> None:
    model = keras.Sequential(
        [
            keras.layers.Input((T, FEATURES)),
            rbn.BatchNormalizedRNN(cell(UNITS, T), name="rnn"),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    monitor = kgrad.GradientMonitor(tmp_path / "run", reporters=[])
    y = np.zeros((BATCH, 1), np.float32)
    model.fit(inputs(), y, epochs=2, verbose=0, callbacks=[monitor])
    assert monitor.history.time_profiles("rnn").norm.shape == (1, T)
    assert (monitor.history.time_profiles("rnn").norm > 0).all()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        again.predict(inputs(), verbose=0), model.predict(inputs(), verbose=0)
    )


def test_the_forget_gate_begins_open() -> None:
    layer = rbn.BatchNormalizedRNN(rbn.BatchNormLSTMCell(UNITS, T))
    layer.build((BATCH, T, FEATURES))
    bias = np.split(layer.cell.bias.numpy(), 4)
    assert [part.mean() for part in bias] == [0, 1, 0, 0]


@pytest.mark.parametrize("steps", [0, -1, 2.5])
def test_a_number_of_steps_that_makes_no_sense_is_refused(steps: Any) -> None:
    with pytest.raises(ValueError, match=f"Received: steps={steps}"):
        rbn.BatchNormSimpleRNNCell(UNITS, steps)
