"""Reads the gradient through time from the step's own backward pass.

Inside a recurrent layer's scan every new state passes through an identity
whose backward function receives dL/dh_t. It returns the norm as the gradient
of a zero that is scanned along with the inputs, so after the loop all norms
reach the source of those zeros, whose backward function writes them to a
variable. Nothing inside the loop has a side effect, which TensorFlow's loop
gradients would refuse, and XLA can compile it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import tree
from keras.src import backend

from kgrad.step.replicas import own_variable

BINS = 512
"""Longest profile that is kept; longer sequences are binned."""


def zeros_to(
    write: Callable[[Any], None],
    anchor: Any,
    rows: Any,
    steps: Any,
    columns: int,
) -> Any:
    """`(rows, steps, columns)` zeros whose gradient is recorded.

    Args:
        write: Receives the gradient in the backward pass.
        anchor: A weight that the step differentiates: the zeros must depend
            on one for their gradient to be asked for. They add nothing to its
            gradient.
        rows: 1, or the batch size for norms sample by sample.
        steps: Time steps of the scan.
        columns: Number of norms a time step.
    """

    @tf.custom_gradient
    def source(weight: Any) -> Any:
        def back(norms: Any) -> Any:
            write(norms)
            # Zeros would be one more summand of its gradient, and sums of
            # many are made in groups: the others would be rounded otherwise.
            return None

        return tf.zeros((rows, steps, columns)), back

    return source(anchor)


def norm(gradient: Any, axes: list[int] | None = None) -> Any:
    """L2 norm, float32; squared in float64, so that nothing underflows."""
    squares = tf.square(tf.cast(gradient, tf.float64))
    total = tf.reduce_sum(squares, axes, keepdims=True)
    return tf.cast(tf.sqrt(total), tf.float32)


def largest(gradient: Any, axes: list[int] | None = None) -> Any:
    """Largest absolute entry, float32; a tenth of the cost of a norm."""
    entry = tf.reduce_max(tf.abs(gradient), axes, keepdims=True)
    return tf.cast(entry, tf.float32)


def _tap(measure: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """An identity that measures its gradient.

    Args:
        measure: Of the gradient and the axes to reduce.

    Returns:
        A function of a tensor, `(batch, ...)`, and a zero, `(1, 1)`, or
        `(batch, 1)` for a number of each sample: gives the tensor itself;
        what was measured is the gradient of the zero.
    """

    @tf.custom_gradient
    def tap(tensor: Any, zero: Any) -> Any:
        every = zero.shape[0] != 1
        axes = list(range(1, len(tensor.shape))) if every else None

        def back(gradient: Any) -> tuple[Any, Any]:
            measured = measure(gradient, axes)
            return gradient, tf.reshape(measured, tf.shape(zero))

        return tf.identity(tensor), back

    return tap  # type: ignore[no-any-return]


tapped = _tap(norm)
observed = _tap(largest)


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
        columns = [zero[:, i : i + 1] for i in range(zero.shape[1])]
        output, new_states = _cell(
            layer.cell, inputs, states, training, columns[1:]
        )
        if layer.return_sequences:
            output = observed(output, columns[0])
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
    cell: Any, inputs: Any, states: Any, training: Any, zeros: Sequence[Any]
) -> Any:
    if isinstance(cell, keras.layers.StackedRNNCells):
        return _stack(cell, inputs, states, training, zeros)
    arguments = {}
    if isinstance(cell, keras.Layer) and cell._call_has_training_arg:
        arguments["training"] = training
    output, new_states = cell(inputs, states, **arguments)
    if not tree.is_nested(new_states):
        new_states = [new_states]
    flat = tree.flatten(new_states)
    passed = [tapped(s, zero) for s, zero in zip(flat, zeros, strict=True)]
    for state, through in zip(flat, passed, strict=True):
        if output is state:
            output = through
    return output, tree.pack_sequence_as(new_states, passed)


def _stack(
    stack: Any, inputs: Any, states: Any, training: Any, zeros: Sequence[Any]
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
            zeros[:count],
        )
        zeros = zeros[count:]
        new_states.append(new if nested or len(new) > 1 else new[0])
    return inputs, new_states[0] if len(new_states) == 1 else new_states
