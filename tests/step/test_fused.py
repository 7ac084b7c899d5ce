"""Where Keras has one kernel for a whole scan, samples run the scan itself.

That is cuDNN's, on a GPU. Here stand-ins with the same arguments take its
place, so that it is known in which steps Keras calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.src import backend

import kgrad
from tests.step.through_time import norms_by_hand

BATCH, STEPS, LENGTH, FEATURES, UNITS = 4, 5, 6, 3, 4


def lstm(inputs: Any, h: Any, c: Any, mask: Any, **of: Any) -> Any:
    """As `keras.src.backend.tensorflow.rnn.lstm`."""
    rows = []
    for x in tf.unstack(inputs, axis=1):
        gates = x @ of["kernel"] + h @ of["recurrent_kernel"] + of["bias"]
        i, f, g, o = tf.split(gates, 4, axis=-1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        rows.append(h)
    return h, tf.stack(rows, 1), [h, c]


def gru(inputs: Any, h: Any, mask: Any, **of: Any) -> Any:
    """As `keras.src.backend.tensorflow.rnn.gru`."""
    of_input, of_state = tf.unstack(tf.convert_to_tensor(of["bias"]))
    rows = []
    for x in tf.unstack(inputs, axis=1):
        xz, xr, xg = tf.split(x @ of["kernel"] + of_input, 3, axis=-1)
        given = h @ of["recurrent_kernel"] + of_state
        hz, hr, hg = tf.split(given, 3, axis=-1)
        z = tf.sigmoid(xz + hz)
        h = z * h + (1 - z) * tf.tanh(xg + tf.sigmoid(xr + hr) * hg)
        rows.append(h)
    return h, tf.stack(rows, 1), [h]


@pytest.mark.parametrize("fused", [lstm, gru])
def test_only_steps_that_are_no_samples_call_the_fused_kernel(
    fused: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = {lstm: layers.LSTM, gru: layers.GRU}[fused]
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [layers.Input((LENGTH, FEATURES)), kind(UNITS), layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    rnn, readout = model.layers
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH * STEPS, LENGTH, FEATURES))
    x = x.astype(np.float32)
    y = x[:, 0, :1]
    (expected,) = norms_by_hand(
        [rnn],
        x[:BATCH],
        lambda outputs: tf.reduce_mean((readout(outputs[0]) - y[:BATCH]) ** 2),
    )
    before = model.get_weights()
    called_in_samples: list[bool] = []

    def stand_in(*args: Any, **of: Any) -> Any:
        called_in_samples.append("inner_loop" in vars(rnn))
        return fused(*args, **of)

    def train(*callbacks: Any) -> list[np.ndarray]:
        model.set_weights(before)
        model.fit(x, y, BATCH, shuffle=False, verbose=0, callbacks=callbacks)
        return model.get_weights()

    scanned = train()
    monkeypatch.setattr(backend, fused.__name__, stand_in)
    watching = kgrad.GradientMonitor(
        tmp_path, signs=[], reporters=[], time_every=2
    )
    watched = train(watching)
    assert called_in_samples
    assert not any(called_in_samples)
    samples = watching.history.samples
    assert [sample.step - STEPS for sample in samples] == [1, 3, 5]
    first = np.stack([profile.norm for profile in samples[0].profiles], axis=1)
    np.testing.assert_allclose(first, expected, rtol=1e-4)
    for a, b in zip(scanned, watched, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
