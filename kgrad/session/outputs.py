"""The outputs of a model: what their numbers passed last, and their loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
from keras.src.utils.naming import to_snake_case

from kgrad.records import Output
from kgrad.step.compiled import (
    from_logits,
    ignore_class,
    loss_name,
    loss_of,
    loss_weight,
    metric_names,
    names_of,
)
from kgrad.step.names import functional, output_names

_PASSING = {
    "Cast",
    "Dropout",
    "ExpandDims",
    "Flatten",
    "GetItem",
    "Identity",
    "Permute",
    "RepeatVector",
    "Reshape",
    "Squeeze",
    "Transpose",
}
_PASSING_PREFIXES = (
    "AveragePooling",
    "Cropping",
    "GlobalAveragePooling",
    "SpatialDropout",
    "UpSampling",
)
"""Operations after which the numbers have the range that they had before."""

_LINEAR = {
    "BatchNormalization",
    "Embedding",
    "GroupNormalization",
    "LayerNormalization",
    "Normalization",
    "RMSNormalization",
    "Rescaling",
}
"""Layers without an activation whose outputs have no bound."""

_ACTIVATIONS = {
    name for name in vars(keras.activations) if not name.startswith("_")
} - {"get", "serialize", "deserialize"}


def outputs_of(model: Any) -> tuple[Output, ...]:
    """Describes every output, in the order of the model.

    Of a model that is no graph of layers, what was compiled is known only.

    Args:
        model: The `keras.Model`, or None.
    """
    if not isinstance(model, keras.Model):
        return ()
    ends = _ends(model)
    names = output_names(model) if len(ends) > 1 else ("",)
    if not ends:
        names = names_of(model)
        ends = [()] * len(names)
    described = []
    for i, (name, way) in enumerate(zip(names, ends, strict=False)):
        loss = loss_of(model, name, i, len(names))
        described.append(
            Output(
                name=name,
                layer=_layer_with_weights(way),
                activation=_activation(way),
                units=_units(way),
                loss=loss_name(loss),
                from_logits=from_logits(loss),
                metrics=metric_names(model, name, i, len(names)),
                ignore_class=ignore_class(loss),
                weight=loss_weight(model, name, i, len(names)),
            )
        )
    return tuple(described)


Way = tuple[tuple[Any, Any], ...]
"""Operations and what each gave, from an output back to a fork."""


def _ends(model: Any) -> list[Way]:
    """The way to each output; none if the model is no graph of layers."""
    graph = functional(model)
    if graph is not None:
        return [tuple(_way(tensor)) for tensor in graph.outputs]
    if isinstance(model, keras.Sequential):
        return [tuple((layer, None) for layer in reversed(model.layers))]
    return []


def _way(tensor: Any) -> Iterator[tuple[Any, Any]]:
    while True:
        operation, node, place = tensor._keras_history
        inner = functional(operation)
        if inner is not None:
            yield from _way(inner.outputs[place])
        else:
            yield operation, tensor
        inputs = operation._inbound_nodes[node].input_tensors
        if len(inputs) != 1:
            return
        tensor = inputs[0]


def _activation(way: Way) -> str:
    """Name of what the numbers have passed last, `""` if not known."""
    for operation, tensor in way:
        if type(operation).__name__ == "Concatenate" and tensor is not None:
            _, node, _ = tensor._keras_history
            inputs = operation._inbound_nodes[node].input_tensors
            found = {_activation(tuple(_way(x))) for x in inputs}
            return found.pop() if len(found) == 1 else ""
        name = activation_of(operation)
        if name is not None:
            return name
    return ""


def activation_of(operation: Any) -> str | None:
    """What an operation makes of its numbers last.

    Args:
        operation: A layer, or an operation of `keras.ops`.

    Returns:
        Name of the activation, `""` if it is not known, None if numbers pass
        as they are.
    """
    kind = type(operation).__name__
    if not type(operation).__module__.startswith("keras."):
        own = getattr(operation, "activation", None)
        return _function_name(own) if own is not None else ""
    if kind in _PASSING or kind.startswith(_PASSING_PREFIXES):
        return None
    if kind == "Activation":
        name = _function_name(operation.activation)
        return None if name == "linear" else name
    if kind == "Bidirectional":
        keeps = operation.merge_mode in ("concat", "ave")
        return activation_of(operation.forward_layer) if keeps else ""
    if isinstance(operation, keras.layers.Wrapper):
        return activation_of(operation.layer)
    if isinstance(operation, keras.layers.RNN):
        cell = operation.cell
        cell = cell.cells[-1] if hasattr(cell, "cells") else cell
        return _function_name(getattr(cell, "activation", None))
    if kind == "Lambda":
        return _function_name(operation.function)
    if kind in _LINEAR:
        return "linear"
    if hasattr(operation, "activation"):
        return _function_name(operation.activation)
    name = to_snake_case(kind).replace("re_lu", "relu")
    return name if name in _ACTIVATIONS or name == "p_relu" else ""


def _function_name(function: Any) -> str:
    if isinstance(function, keras.Layer):
        return activation_of(function) or ""
    name = getattr(function, "__name__", "").removesuffix("_v2")
    return name if name in _ACTIVATIONS else ""


def _layer_with_weights(way: Way) -> str:
    for operation, _ in way:
        # Before it is built, a layer has no weights yet, but units.
        if getattr(operation, "weights", ()) or hasattr(operation, "units"):
            return _layer_name(operation)
    return _layer_name(way[0][0]) if way else ""


def _layer_name(operation: Any) -> str:
    while isinstance(operation, keras.layers.TimeDistributed):
        operation = operation.layer
    return str(getattr(operation, "path", None) or operation.name)


def _units(way: Way) -> int:
    for operation, tensor in way:
        if tensor is not None:
            units = tensor.shape[-1] if len(tensor.shape) > 1 else 1
        else:
            inner = getattr(operation, "layer", operation)
            units = getattr(inner, "units", getattr(inner, "filters", None))
        if isinstance(units, int):
            return units
        if tensor is not None:
            return 0
    return 0
