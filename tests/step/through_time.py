"""dL/dh_t by an independent way: a zero is added to every new state.

The gradient by that zero is the gradient by the state. The scan is a Python
loop over the cell, in eager mode; nothing of kgrad is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import tree


class Scan:
    """Runs a recurrent layer's cell by hand.

    Args:
        layer: The `keras.layers.RNN`.

    Attributes:
        added: For each time step, in scan order, the zeros that were added
            to the states.
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.added: list[list[tf.Tensor]] = []

    def __call__(self, tape: tf.GradientTape, x: Any, mask: Any = None) -> Any:
        """The layer's output, `(batch, [time,] units)`."""
        layer = self.layer
        states = (
            layer.states if layer.stateful else layer.get_initial_state(len(x))
        )
        states = tree.map_structure(tf.convert_to_tensor, list(states))
        layer._maybe_config_dropout_masks(layer.cell, x[:, 0], states)
        steps = range(x.shape[1])
        outputs: list[Any] = []
        for t in reversed(steps) if layer.go_backwards else steps:
            output, new, added = self._step(tape, layer.cell, x[:, t], states)
            if mask is not None:
                keep = mask[:, t, np.newaxis]
                before = outputs[-1] if outputs else tf.zeros_like(output)
                output = tf.where(keep, output, before)
                new = tree.map_structure(
                    lambda a, b, keep=keep: tf.where(keep, a, b), new, states
                )
            states = new
            outputs.append(output)
            self.added.append(added)
        layer._maybe_reset_dropout_masks(layer.cell)
        if layer.return_sequences:
            return tf.stack(outputs, axis=1)
        return outputs[-1]

    def _step(self, tape: Any, cell: Any, x: Any, states: Any) -> Any:
        if isinstance(cell, keras.layers.StackedRNNCells):
            all_new, all_added = [], []
            for inner, own in zip(cell.cells, states, strict=True):
                own = list(own) if tree.is_nested(own) else [own]
                x, new, added = self._step(tape, inner, x, own)
                all_new.append(new if len(new) > 1 else new[0])
                all_added += added
            return x, all_new, all_added
        arguments = {"training": True} if cell._call_has_training_arg else {}
        output, new = cell(x, states, **arguments)
        new = list(new) if tree.is_nested(new) else [new]
        added = [tf.zeros_like(state) for state in new]
        for zero in added:
            tape.watch(zero)
        plus = [state + zero for state, zero in zip(new, added, strict=True)]
        if output is new[0]:
            output = plus[0]
        return output, plus, added

    def norms(self, tape: tf.GradientTape, loss: Any) -> np.ndarray:
        """`(time, states)`, float64, in the order of time."""
        flat = [zero for step in self.added for zero in step]
        gradients = tape.gradient(loss, flat, unconnected_gradients="zero")
        norms = [
            np.linalg.norm(g.numpy().astype(np.float64)) for g in gradients
        ]
        table = np.reshape(norms, (len(self.added), -1))
        return table[::-1] if self.layer.go_backwards else table


def norms_by_hand(
    layers: list[Any],
    x: Any,
    loss_of: Callable[[list[Any]], Any],
    mask: Any = None,
) -> list[np.ndarray]:
    """Norms of some layers that all read the same input.

    Args:
        layers: The recurrent layers.
        x: Their input, `(batch, time, features)`.
        loss_of: Gives the loss of their outputs.
        mask: `(batch, time)`, or None.
    """
    scans = [Scan(layer) for layer in layers]
    with tf.GradientTape(persistent=True) as tape:
        loss = loss_of([scan(tape, x, mask) for scan in scans])
    return [scan.norms(tape, loss) for scan in scans]


class Weights(keras.callbacks.Callback):
    """Keeps the weights from before every step."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[list[np.ndarray]] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.before.append(self.model.get_weights())
