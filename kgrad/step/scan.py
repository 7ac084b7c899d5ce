"""A recurrent layer's scan with taps, and where what they measure is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import tree
from keras.src import backend

from kgrad.step.replicas import host_value, own_variable
from kgrad.step.state_taps import read_by_step, tapped

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
        steps = int(host_value(self._steps))
        if steps:
            self._steps.assign(0)
        width = max(-(-steps // BINS), 1)
        bins = -(-steps // width)
        return host_value(self._norms)[:bins][::-1].astype(np.float64), width


SAMPLES = 16
"""Samples of a batch of sequences whose outputs are shown."""

ZerosFor = Callable[[Any, int], Any]
"""From sequences and a number of columns, zeros that collect the norms."""


class Seen(NamedTuple):
    """What a call of a recurrent layer was given, and what came of it.

    Args:
        sequences: `(batch, time, ...)`.
        initial_state: List of states.
        outputs: Of all steps, `(batch, time, ...)`, in the order of the scan;
            of at least the first 16 samples.
        largest: `(1, time, units)`, the largest absolute output of all
            samples; None where `outputs` has all of them.
    """

    sequences: Any
    initial_state: Any
    outputs: Any
    largest: Any = None


class Scanned(NamedTuple):
    """What is scanned, with the shape that Keras' scan asks for.

    It asks where the length of the sequences is not static.
    """

    sequences: Any
    index: Any

    @property
    def shape(self) -> Any:
        """Shape of the sequences."""
        return self.sequences.shape


def tapped_inner_loop(
    layer: Any,
    zeros_for: ZerosFor,
    observe: Callable[[Seen], None] | None = None,
) -> Callable[..., Any]:
    """A replacement for the layer's `inner_loop` with every state tapped.

    Args:
        layer: The `keras.layers.RNN`.
        zeros_for: Makes `(1 or batch, time, 1 + states)` zeros. The first
            column is for the outputs of a layer that returns all of them:
            its gradient is not 0 where the rest of the model reads one.
        observe: Called with what came of it.
    """

    def inner_loop(
        sequences: Any, initial_state: Any, mask: Any, training: Any = False
    ) -> Any:
        if tree.is_nested(mask):
            mask = mask[0]
        if not tree.is_nested(initial_state):
            initial_state = [initial_state]
        zeros = zeros_for(sequences, 1 + len(tree.flatten(initial_state)))
        by_step = tf.transpose(zeros[..., 1:], (1, 0, 2))
        shows = observe is not None and not layer.return_sequences
        # All outputs would be kept for what is told of a few, and their
        # gradients with them.
        part = (
            shows
            and mask is None
            and not layer.unroll
            and type(layer.cell) in _GIVES_ITS_STATE
        )

        def step(inputs: Any, states: Any) -> Any:
            x, index = inputs
            output, states = _cell(
                layer.cell, x, states, training, by_step, index
            )
            return _shown(output) if part else output, states

        steps = tf.range(tf.shape(sequences)[1])
        last, outputs, states = backend.rnn(
            step,
            Scanned(sequences, steps[tf.newaxis, :, tf.newaxis]),
            initial_state,
            go_backwards=layer.go_backwards,
            mask=mask,
            unroll=layer.unroll,
            input_length=sequences.shape[1],
            zero_output_for_mask=layer.zero_output_for_mask,
            return_all_outputs=layer.return_sequences or shows,
        )
        if layer.return_sequences:
            outputs = read_by_step(outputs, zeros[..., :1], layer.go_backwards)
        largest = None
        if part:
            last, outputs = states[0], tf.bitcast(outputs, states[0].dtype)
            largest, outputs = outputs[:1], outputs[1:]
        if observe is not None:
            observe(Seen(sequences, initial_state, outputs, largest))
        return last, outputs, states

    return inner_loop


def _shown(output: Any) -> Any:
    """Of an output, the largest of each unit, and below the first samples.

    As one tensor: each that a scan returns is passed from step to step. And
    as bits: of floats, the scan would keep what a gradient could ask for.
    """
    largest = tf.reduce_max(tf.abs(output), axis=0, keepdims=True)
    shown = tf.concat([largest, output[:SAMPLES]], axis=0)
    bits = {2: tf.int16, 4: tf.int32, 8: tf.int64}[output.dtype.size]
    return tf.bitcast(tf.stop_gradient(shown), bits)


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


_GIVES_ITS_STATE = (
    keras.layers.SimpleRNNCell,
    keras.layers.GRUCell,
    keras.layers.LSTMCell,
)
"""Cells whose output is their first state; those derived may be others."""


def _cell(
    cell: Any, inputs: Any, states: Any, training: Any, zeros: Any, index: Any
) -> Any:
    if isinstance(cell, keras.layers.StackedRNNCells):
        return _stack(cell, inputs, states, training, zeros, index)
    arguments = {}
    if isinstance(cell, keras.Layer) and cell._call_has_training_arg:
        arguments["training"] = training
    output, new_states = cell(inputs, states, **arguments)
    if not tree.is_nested(new_states):
        new_states = [new_states]
    flat = tree.flatten(new_states)
    passed = tapped(flat, zeros, index)
    for state, through in zip(flat, passed, strict=True):
        if output is state:
            output = through
    return output, tree.pack_sequence_as(new_states, passed)


def _stack(
    stack: Any, inputs: Any, states: Any, training: Any, zeros: Any, index: Any
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
            zeros[..., :count],
            index,
        )
        zeros = zeros[..., count:]
        new_states.append(new if nested or len(new) > 1 else new[0])
    return inputs, new_states[0] if len(new_states) == 1 else new_states
