"""The layers that take the place of another one, or are added after it."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any

import keras

from kgrad.records import Argument
from kgrad.records.edits import NormalizeInput, SetGateBias

_OF_EVERY_LAYER = ("name", "trainable", "dtype")


class NotApplicableError(ValueError):
    """An edit cannot be done to this model; the message says why."""


def changed(layer: Any, arguments: Mapping[str, Argument]) -> Any:
    """A layer like this one, with other constructor arguments.

    Its initializers are the layer's own, with their seeds: weights whose
    initializer does not change begin as they would have begun.
    """
    config = layer.get_config()
    initializers = {
        name: getattr(layer, name)
        for name in config
        if name.endswith("_initializer") and hasattr(layer, name)
    }
    return type(layer).from_config({**config, **initializers, **arguments})


def keep_weights(old: Any, new: Any, arguments: Mapping[str, Argument]) -> None:
    """Gives a built layer the weights of another one of its class.

    Those that got a new initializer stay as they are (`recurrent_kernel`
    has `recurrent_initializer`), and those of another shape; so does
    everything where the old layer has no weights yet.
    """
    if not old.built:
        return
    for before, now in zip(old.variables, new.variables, strict=True):
        role = before.name.removesuffix("_kernel")
        if f"{role}_initializer" not in arguments and before.shape == now.shape:
            now.assign(before)


def of_class(layer: Any, class_name: str) -> Any:
    """A layer of another class for the same place.

    Activation and initializers are those of the new class: what suits the
    state of a SimpleRNN does not suit the gates of an LSTM. All other
    arguments that both classes have stay, and so does the name.
    """
    kind = getattr(keras.layers, class_name)
    accepted = (*signature(kind).parameters, *_OF_EVERY_LAYER)
    return kind.from_config(
        {
            name: value
            for name, value in layer.get_config().items()
            if name in accepted
            and name != "activation"
            and not name.endswith("_initializer")
        }
    )


def normalization(layer: Any) -> Any:
    """Batch normalization to be added after a layer."""
    return keras.layers.BatchNormalization(
        name=f"{layer.name}_batch_normalization", dtype=layer.dtype_policy
    )


def dropout(layer: Any) -> Any:
    """Dropout of every other unit, to be added after a layer."""
    return keras.layers.Dropout(
        0.5, name=f"{layer.name}_dropout", dtype=layer.dtype_policy
    )


def scaling(name: str) -> Any:
    """A layer that brings the input of this name to mean 0 and spread 1.

    It estimates both from the training batches, in float32, since an input
    that needs scaling may be too large for half precision.
    """
    return keras.layers.BatchNormalization(
        momentum=0.9,
        center=False,
        scale=False,
        name=f"{name}_scaled",
        dtype="float32",
    )


def normalization_of(edit: NormalizeInput, name: str) -> Any:
    """A layer that scales the input of this name with known numbers."""
    one = len(edit.mean) == 1
    return keras.layers.Normalization(
        axis=None if one else -1,
        mean=edit.mean[0] if one else list(edit.mean),
        variance=edit.variance[0] if one else list(edit.variance),
        name=f"{name}_normalized",
        dtype="float32",
    )


def dense(layer: Any, units: int) -> Any:
    """A Dense layer to be added after the layer that ends a model."""
    return keras.layers.Dense(
        units, name=f"{layer.name}_dense", dtype=layer.dtype_policy
    )


def set_gate_bias(layer: Any, edit: SetGateBias) -> None:
    """Sets the part of a recurrent layer's bias that belongs to a gate."""
    if not layer.built:
        raise NotApplicableError(
            f"`{layer.name}` has no bias yet: its model must begin with a "
            "`keras.Input`."
        )
    bias = layer.cell.bias
    if bias is None:
        raise NotApplicableError(f"`{layer.name}` has no bias.")
    values = bias.numpy().copy()
    values[..., edit.start : edit.stop] = edit.value
    bias.assign(values)
