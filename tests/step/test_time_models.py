"""Profiles of whole models in `fit`, against scans by hand of every step.

Each model comes with the same computation written out by hand, over the
same layers, where every recurrent layer is run step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from tests.step.through_time import Scan, Weights

BATCH, STEPS, FEATURES = 3, 5, 2

Run = Callable[..., Any]
"""Runs a recurrent layer: of the layer, its input and its mask."""

Made = tuple[keras.Model, Callable[[Run, Any], Any]]
"""A model, and its output by hand of a `Run` and the input."""


def sequential(*stack: Any, length: int | None = STEPS) -> keras.Model:
    return keras.Sequential([layers.Input((length, FEATURES)), *stack])


def bidirectional() -> Made:
    rnn = layers.Bidirectional(layers.LSTM(3))
    readout = layers.Dense(1)

    def by_hand(run: Run, x: Any) -> Any:
        halves = run(rnn.forward_layer, x), run(rnn.backward_layer, x)
        return readout(tf.concat(halves, axis=-1))

    return sequential(rnn, readout), by_hand


def bidirectional_masked() -> Made:
    mask = layers.Masking()
    rnn = layers.Bidirectional(layers.SimpleRNN(3, return_sequences=True))
    readout = layers.Dense(1)
    flat = layers.Flatten()

    def by_hand(run: Run, x: Any) -> Any:
        seen = mask.compute_mask(x)
        forward = run(rnn.forward_layer, x, seen)
        backward = tf.reverse(run(rnn.backward_layer, x, seen), [1])
        halves = tf.concat([forward, backward], axis=-1)
        return readout(flat(tf.where(seen[..., tf.newaxis], halves, 0.0)))

    return sequential(mask, rnn, flat, readout), by_hand


def time_distributed() -> Made:
    fold, rnn = layers.Reshape((2, STEPS, 1)), layers.SimpleRNN(3)
    flat, readout = layers.Flatten(), layers.Dense(1)

    def by_hand(run: Run, x: Any) -> Any:
        parts = tf.unstack(fold(x), axis=1)
        return readout(flat(tf.stack([run(rnn, p) for p in parts], axis=1)))

    stack = fold, layers.TimeDistributed(rnn), flat, readout
    return sequential(*stack), by_hand


def used_twice() -> Made:
    rnn, readout = layers.SimpleRNN(3), layers.Dense(1)
    x = layers.Input((STEPS, FEATURES))
    y = readout(layers.Add()([rnn(x), rnn(x[:, 1:])]))

    def by_hand(run: Run, x: Any) -> Any:
        return readout(run(rnn, x) + run(rnn, x[:, 1:]))

    return keras.Model(x, y), by_hand


def stacked(**arguments: Any) -> Made:
    first = layers.LSTM(3, return_sequences=True, **arguments)
    second, readout = layers.GRU(2, **arguments), layers.Dense(1)

    def by_hand(run: Run, x: Any) -> Any:
        return readout(run(second, run(first, x)))

    return sequential(first, second, readout), by_hand


def half_precision() -> Made:
    model, by_hand = stacked(dtype="mixed_float16")
    return model, lambda run, x: by_hand(run, tf.cast(x, tf.float16))


def nested() -> Made:
    first = layers.SimpleRNN(3, return_sequences=True)
    second, readout = layers.SimpleRNN(2), layers.Dense(1)
    inner = sequential(first)
    outer = keras.Sequential([layers.Input((STEPS, 3)), second, readout])
    x = layers.Input((STEPS, FEATURES))

    def by_hand(run: Run, x: Any) -> Any:
        return readout(run(second, run(first, x)))

    return keras.Model(x, outer(inner(x))), by_hand


class Encoder(keras.Model):
    """Two recurrent layers in attributes; the second starts from the first."""

    def __init__(self) -> None:
        super().__init__()
        self.first = layers.SimpleRNN(3)
        self.second = layers.SimpleRNN(3)
        self.readout = layers.Dense(1)

    def call(self, x: Any) -> Any:
        return self.readout(self.first(x) * self.second(x))


def subclassed() -> Made:
    model = Encoder()

    def by_hand(run: Run, x: Any) -> Any:
        return model.readout(run(model.first, x) * run(model.second, x))

    return model, by_hand


def convolutional() -> Made:
    image = layers.Reshape((STEPS, FEATURES, 1, 1))
    rnn = layers.ConvLSTM2D(2, (2, 1), padding="same")
    flat, readout = layers.Flatten(), layers.Dense(1)

    def by_hand(run: Run, x: Any) -> Any:
        return readout(flat(run(rnn, image(x))))

    return sequential(image, rnn, flat, readout), by_hand


@dataclass(frozen=True)
class Case:
    """A model and how it is compiled.

    Args:
        states: Last part of the layers' paths, and states, in order.
        scale: What the loss is multiplied by.
    """

    make: Callable[[], Made]
    states: str
    optimizer: Callable[[], Any] = lambda: keras.optimizers.SGD(0.05)
    scale: float = 1.0
    compile: dict[str, Any] = field(default_factory=dict)
    tolerance: float = 1e-5
    calls: int = 1


CASES = {
    "Bidirectional": Case(
        bidirectional,
        "forward_lstm h, forward_lstm c, backward_lstm h, backward_lstm c",
    ),
    "Bidirectional, mask": Case(
        bidirectional_masked, "forward_simple_rnn h, backward_simple_rnn h"
    ),
    "TimeDistributed": Case(time_distributed, "simple_rnn h", calls=2),
    "a layer used twice": Case(used_twice, "simple_rnn h", calls=2),
    "two layers": Case(stacked, "lstm h, lstm c, gru h"),
    "nested": Case(nested, "simple_rnn h, simple_rnn_1 h"),
    "subclassed": Case(subclassed, "simple_rnn h, simple_rnn_1 h"),
    "ConvLSTM2D": Case(convolutional, "conv_lstm2d h, conv_lstm2d c"),
    "run_eagerly": Case(
        subclassed,
        "simple_rnn h, simple_rnn_1 h",
        compile={"run_eagerly": True},
    ),
    "loss_scale_factor": Case(
        subclassed,
        "simple_rnn h, simple_rnn_1 h",
        lambda: keras.optimizers.SGD(0.05, loss_scale_factor=64.0),
        scale=64,
    ),
    "mixed_float16": Case(
        half_precision,
        "lstm h, lstm c, gru h",
        lambda: keras.optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(0.05), initial_scale=2.0**10
        ),
        scale=2.0**10,
        tolerance=1e-3,
    ),
    "XLA": Case(
        stacked,
        "lstm h, lstm c, gru h",
        compile={"jit_compile": True},
        tolerance=1e-3,
    ),
}
MARKS = {
    "XLA": pytest.mark.slow,
    "nested": pytest.mark.full,
    "two layers": pytest.mark.full,
    "run_eagerly": pytest.mark.full,
    "loss_scale_factor": pytest.mark.full,
}
RUNS = [
    pytest.param(case, id=name, marks=MARKS.get(name, ()))
    for name, case in CASES.items()
]


def data(samples: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((samples, STEPS, FEATURES)).astype(np.float32)
    x[::2, 3] = 0.0
    return x, rng.standard_normal((samples, 1)).astype(np.float32)


def norms_by_hand(
    by_hand: Callable[[Run, Any], Any], x: Any, y: Any, scale: float
) -> list[np.ndarray]:
    """`(time, states)` of each layer, in the order in which they run."""
    scans: dict[Any, list[Scan]] = {}
    with tf.GradientTape(persistent=True) as tape:

        def run(layer: Any, x: Any, mask: Any = None) -> Any:
            scan = Scan(layer)
            scans.setdefault(layer, []).append(scan)
            return scan(tape, x, mask)

        error = tf.cast(by_hand(run, tf.constant(x)), tf.float32) - y
        loss = scale * tf.reduce_mean(error**2)
    found = []
    for calls in scans.values():
        norms = [scan.norms(tape, loss) / scale for scan in calls]
        total = np.zeros((max(map(len, norms)), norms[0].shape[1]))
        for n in norms:
            total[len(total) - len(n) :] += n**2
        found.append(np.sqrt(total))
    return found


@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask")
@pytest.mark.parametrize("case", RUNS)
def test_every_step_has_the_profiles_of_a_scan_by_hand(
    case: Case, tmp_path: Path
) -> None:
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(2)
    model, by_hand = case.make()
    x, y = data(2 * BATCH)
    model(x[:BATCH])
    model.compile(case.optimizer(), "mse", **case.compile)
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[], time_every=1
    )
    weights = Weights()
    model.fit(
        x, y, BATCH, shuffle=False, verbose=0, callbacks=[weights, monitor]
    )
    samples = monitor.history.samples
    assert [sample.step for sample in samples] == [1, 2]
    for i, sample in enumerate(samples):
        names = [
            f"{p.layer.rpartition('/')[2]} {p.state}" for p in sample.profiles
        ]
        assert ", ".join(names) == case.states
        assert {p.calls for p in sample.profiles} == {case.calls}
        model.set_weights(weights.before[i])
        batch = slice(i * BATCH, (i + 1) * BATCH)
        expected = norms_by_hand(by_hand, x[batch], y[batch], case.scale)
        columns = [c for table in expected for c in table.T]
        for profile, column in zip(sample.profiles, columns, strict=True):
            np.testing.assert_allclose(
                profile.norm, column, rtol=case.tolerance, atol=1e-12
            )
