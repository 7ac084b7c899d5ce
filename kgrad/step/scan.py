"""One step of a recurrent cell, as `keras.layers.RNN` takes it, with taps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import keras
from keras import tree
from keras.src import backend

from kgrad.step.scan_tap import noticed, tapped

ZerosFor = Callable[[Any, int], Any]
"""Of sequences and a number of columns, where the norms go."""

Observe = Callable[[Any, Any, Any], None]
"""Is shown sequences, initial states and outputs of all steps."""


class Scanned(NamedTuple):
    """What is scanned, with the shape that Keras' scan asks for.

    It does so where the length of the sequences is not known beforehand.
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
    """A stand-in for the layer's `inner_loop`, with every state tapped.

    Args:
        layer: The `keras.layers.RNN`.
        zeros_for: Makes `(1 or batch, time, 1 + states)`; the first column
            is of the outputs, where the layer hands on all of them: it is
            not 0 where the rest of the model reads one.
        observe: Is shown what came of it.
    """

    def step(inputs: Any, states: Any, training: Any) -> Any:
        inputs, zero = inputs
        columns = [zero[:, i : i + 1] for i in range(zero.shape[1])]
        output, new_states = _cell(
            layer.cell, inputs, states, training, columns[1:]
        )
        if layer.return_sequences:
            output = noticed(output, columns[0])
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
