"""Layers that take the batch for time, as a graph of layers tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from kgrad.step.names import functional
from kgrad.step.targets import layer_names

_ALONG_TIME = (
    keras.layers.RNN,
    keras.layers.Bidirectional,
    keras.layers.Conv1D,
    keras.layers.MultiHeadAttention,
)
"""Layers that mix what lies along the second axis."""


def batch_as_time(model: Any) -> tuple[str, ...]:
    """Names of the layers whose second axis is the batch.

    Their first axis has a fixed length, whatever the batch, and their second
    none: where all other axes of the inputs are known, only the batch has
    none. A first axis of 1 is put there on purpose, to read a batch as one
    sequence.

    Args:
        model: The `keras.Model`, or None.
    """
    graph = functional(model)
    if graph is None or any(_varies(x.shape[1:]) for x in graph.inputs):
        return ()
    if not all(x.shape and x.shape[0] is None for x in graph.inputs):
        return ()
    names = layer_names(model)
    return tuple(
        names[id(layer)]
        for layer in graph.layers
        if isinstance(layer, _ALONG_TIME)
        and any(
            _is_moved(tensor.shape)
            for node in layer._inbound_nodes
            for tensor in node.input_tensors[:1]
        )
    )


def _varies(shape: Sequence[int | None]) -> bool:
    return any(length is None for length in shape)


def _is_moved(shape: Sequence[int | None]) -> bool:
    """Whether the batch is the second axis, of a shape of three or more."""
    first, *others = shape
    return (
        first is not None
        and first > 1
        and len(others) > 1
        and others[0] is None
        and not _varies(others[1:])
    )
