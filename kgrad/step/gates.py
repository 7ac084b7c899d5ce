"""The gates of LSTM and GRU, computed again from inputs and outputs.

Inside the scan they cannot be reached; but h of all steps is known, and
with it what every gate was given:

    LSTM   i, f, o = sigmoid(W x_t + U h_{t-1} + b)
    GRU    z, r    = sigmoid(W x_t + U h_{t-1} + b)
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import tree

SAMPLES = 8
"""Samples of a batch that are computed again; all would cost a third of a
training step."""


def gates_of(cell: Any) -> dict[str, int]:
    """The letter of each gate, and its place on a kernel's last axis."""
    if isinstance(cell, keras.layers.LSTMCell):
        return {"i": 0, "f": 1, "o": 3}
    if isinstance(cell, keras.layers.GRUCell):
        return {"z": 0, "r": 1}
    return {}


def gate_activations(
    layer: Any, sequences: Any, initial_state: Any, outputs: Any
) -> dict[str, Any]:
    """Each gate's activation, `(samples, time, units)`, by its letter.

    Of the first 8 samples of the batch. Dropout inside the cell is left out.

    Args:
        layer: The `keras.layers.RNN`.
        sequences: Its inputs, `(batch, time, features)`.
        initial_state: List of states.
        outputs: h of all steps, `(batch, time, units)`, in scan order.

    Returns:
        Empty for a cell without gates.
    """
    cell = layer.cell
    letters = gates_of(cell)
    if not letters:
        return {}
    sequences, outputs = sequences[:SAMPLES], outputs[:SAMPLES]
    if layer.go_backwards:
        sequences = tf.reverse(sequences, [1])
    first = tree.flatten(initial_state)[0][:SAMPLES, tf.newaxis]
    before = tf.concat([first, outputs[:, :-1]], axis=1)
    given = tf.matmul(sequences, keras.ops.convert_to_tensor(cell.kernel))
    given += tf.matmul(
        before, keras.ops.convert_to_tensor(cell.recurrent_kernel)
    )
    if cell.use_bias:
        bias = keras.ops.convert_to_tensor(cell.bias)
        given += tf.reduce_sum(tf.reshape(bias, (-1, given.shape[-1])), axis=0)
    parts = tf.split(given, given.shape[-1] // cell.units, axis=-1)
    return {
        letter: cell.recurrent_activation(parts[i])
        for letter, i in letters.items()
    }
