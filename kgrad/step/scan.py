"""A recurrent layer's scan with taps, and where what they measure is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import tree
from keras.src import backend

from kgrad.step.replicas import own_variable
from kgrad.step.state_taps import tapped

BINS = 512
"""Longest profile that is kept; longer sequences are binned."""


class ScanTable:
    """Keeps the norms of one call of one layer, in graph, until read.

    Args:
        columns: Number of norms a time step.
    """

    def __init__(self, columns: int) -> None:
        norms = np.zeros((BINS, columns), np.float32)
        self._norms = own_variable(norms, "kgrad_time")
        self._steps = own_variable(np.int32(0), "kgrad_time_steps")

    def write(self, norms: Any) -> None:
        """Writes `(1, steps, columns)` by distance from the end.

        Of more than 512 steps, the mean of each bin.
        """
        steps = tf.shape(norms)[1]
        distance = tf.range(steps - 1, -1, -1)
        width = (steps + BINS - 1) // BINS
        self._norms.assign(
            tf.math.unsorted_segment_mean(norms[0], distance // width, BINS)
        )
        self._steps.assign(steps)

    def squares(self) -> Any:
        """`(512, columns)`, float64: the squares, of all that is written."""
        return tf.square(tf.cast(self._norms, tf.float64))

    def set_squares(self, squares: Any) -> None:
        """Takes `squares` that were summed over several processes."""
        self._norms.assign(tf.cast(tf.sqrt(squares), tf.float32))

    def read(self) -> tuple[npt.NDArray[np.float64], int]:
        """`(bins, columns)` norms in the order of time, and steps a bin.

        They are read once: the next sample may not write all tables.
        """
        steps = int(self._steps.numpy())
        self._steps.assign(0)
        width = max(-(-steps // BINS), 1)
        bins = -(-steps // width)
        return self._norms.numpy()[:bins][::-1].astype(np.float64), width


ZerosFor = Callable[[Any, int], Any]
"""From sequences and a number of columns, zeros that collect the norms."""

Observe = Callable[[Any, Any, Any], None]
"""Called with sequences, initial states and the outputs of all steps."""


class Scanned(NamedTuple):
    """What is scanned, with the shape that Keras' scan asks for.

    It asks where the length of the sequences is not static.
    """

    sequences: Any
    zeros: Any

    @property
    def shape(self) -> Any:
        """Shape of the sequences."""
        return self.sequences.shape


def tapped_inner_loop(
    layer: Any, zeros_for: ZerosFor, observe: Observe | None = None
) -> Callable[..., Any]:
    """A replacement for the layer's `inner_loop` with every state tapped.

    Args:
        layer: The `keras.layers.RNN`.
        zeros_for: Makes `(1 or batch, time, 1 + states)` zeros. The first
            column is for the outputs of a layer that returns all of them:
            its gradient is not 0 where the rest of the model reads one.
        observe: Called with the result.
    """

    def step(inputs: Any, states: Any, training: Any) -> Any:
        inputs, zero = inputs
        if not isinstance(layer.cell, keras.layers.StackedRNNCells):
            return _cell(
                layer.cell,
                inputs,
                states,
                training,
                zero,
                layer.return_sequences,
            )
        output, new_states = _stack(
            layer.cell, inputs, states, training, zero[:, 1:]
        )
        if layer.return_sequences:
            _, output = tapped([], zero[:, :1], output)
        return output, new_states

    def inner_loop(
        sequences: Any, initial_state: Any, mask: Any, training: Any = False
    ) -> Any:
        if tree.is_nested(mask):
            mask = mask[0]
        if not tree.is_nested(initial_state):
            initial_state = [initial_state]
        columns = 1 + len(tree.flatten(initial_state))
        last, outputs, states = backend.rnn(
            partial(step, training=training),
            Scanned(sequences, zeros_for(sequences, columns)),
            initial_state,
            go_backwards=layer.go_backwards,
            mask=mask,
            unroll=layer.unroll,
            input_length=sequences.shape[1],
            zero_output_for_mask=layer.zero_output_for_mask,
            return_all_outputs=layer.return_sequences or observe is not None,
        )
        if observe is not None:
            observe(sequences, initial_state, outputs)
        return last, outputs, states

    return inner_loop


def state_names(cell: Any) -> list[str]:
    """`["h"]`, `["h", "c"]`; of stacked cells `["h1", "c1", "h2", ...]`."""
    if isinstance(cell, keras.layers.StackedRNNCells):
        return [
            f"{name}{i}"
            for i, inner in enumerate(cell.cells, 1)
            for name in state_names(inner)
        ]
    size = cell.state_size
    count = len(size) if isinstance(size, list | tuple) else 1
    if "ConvLSTMCell" in {kind.__name__ for kind in type(cell).__mro__}:
        count = 2  # Its `state_size` is the number of filters.
    return ["h", "c", *(f"s{i}" for i in range(3, count + 1))][:count]


def _cell(
    cell: Any,
    inputs: Any,
    states: Any,
    training: Any,
    zero: Any,
    shown: bool = False,
) -> Any:
    if isinstance(cell, keras.layers.StackedRNNCells):
        return _stack(cell, inputs, states, training, zero)
    arguments = {}
    if isinstance(cell, keras.Layer) and cell._call_has_training_arg:
        arguments["training"] = training
    output, new_states = cell(inputs, states, **arguments)
    if not tree.is_nested(new_states):
        new_states = [new_states]
    flat = tree.flatten(new_states)
    passed, seen = tapped(flat, zero, output if shown else None)
    if shown:
        output = seen
    for state, through in zip(flat, passed, strict=True):
        if output is state:
            output = through
    return output, tree.pack_sequence_as(new_states, passed)


def _stack(
    stack: Any, inputs: Any, states: Any, training: Any, zero: Any
) -> Any:
    """`StackedRNNCells`, each cell reading the tapped one below."""
    new_states = []
    for cell, own in zip(stack.cells, states, strict=True):
        nested = tree.is_nested(own)
        count = len(tree.flatten(own))
        inputs, new = _cell(
            cell,
            inputs,
            list(own) if nested else [own],
            training,
            zero[:, :count],
        )
        zero = zero[:, count:]
        new_states.append(new if nested or len(new) > 1 else new[0])
    return inputs, new_states[0] if len(new_states) == 1 else new_states
