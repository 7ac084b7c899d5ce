"""The layers that take another's place, or a place behind it."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any

import keras

from kgrad.treatment.errors import NotApplicableError

_OF_EVERY_LAYER = ("name", "trainable", "dtype")


def altered(layer: Any, arguments: Mapping[str, Any]) -> Any:
    """A layer like this one, with other constructor arguments.

    Its initializers are the layer's own, with the seeds they have: weights
    whose initializer does not change begin as they would have begun.
    """
    config = layer.get_config()
    initializers = {
        name: getattr(layer, name)
        for name in config
        if name.endswith("_initializer") and hasattr(layer, name)
    }
    return type(layer).from_config({**config, **initializers, **arguments})


def keep_weights(old: Any, new: Any, arguments: Mapping[str, Any]) -> None:
    """Gives a built layer the weights of another one of its class.

    Those that got a new initializer stay as they are (`recurrent_kernel`
    has `recurrent_initializer`); so does everything where the old layer has
    no weights yet.
    """
    if not old.built:
        return
    for before, now in zip(old.variables, new.variables, strict=True):
        role = before.name.removesuffix("_kernel")
        if f"{role}_initializer" not in arguments:
            now.assign(before)


def of_class(layer: Any, class_name: str) -> Any:
    """A layer of another class for the same place.

    Activation and initializers are those of the new class: what is right
    for the state of a SimpleRNN is not for the gates of an LSTM. Everything
    else that both know stays, the name as well.
    """
    kind = getattr(keras.layers, class_name)
    known = (*signature(kind).parameters, *_OF_EVERY_LAYER)
    return kind.from_config(
        {
            name: value
            for name, value in layer.get_config().items()
            if name in known
            and name != "activation"
            and not name.endswith("_initializer")
        }
    )


def normalization(layer: Any) -> Any:
    """Batch normalisation for the place behind a layer."""
    return keras.layers.BatchNormalization(
        name=f"{layer.name}_batch_normalization", dtype=layer.dtype_policy
    )


def dropout(layer: Any) -> Any:
    """Dropout of every other unit, for the place behind a layer."""
    return keras.layers.Dropout(
        0.5, name=f"{layer.name}_dropout", dtype=layer.dtype_policy
    )


def scaling(name: str) -> Any:
    """What brings an input to mean 0 and spread 1.

    It estimates both from the batches of training. In float32, since what
    needs scaling may be too large for half precision.

    Args:
        name: Name of the input.
    """
    return keras.layers.BatchNormalization(
        momentum=0.9,
        center=False,
        scale=False,
        name=f"{name}_scaled",
        dtype="float32",
    )


def set_gate_bias(layer: Any, arguments: Mapping[str, Any]) -> None:
    """Sets the part of a recurrent layer's bias that belongs to a gate.

    Raises:
        NotApplicableError: If the layer has no bias, or not yet.
    """
    if not layer.built:
        raise NotApplicableError(
            f"`{layer.name}` has no bias yet: its model must begin with a "
            "`keras.Input`."
        )
    bias = layer.cell.bias
    if bias is None:
        raise NotApplicableError(f"`{layer.name}` has no bias.")
    values = bias.numpy().copy()
    values[..., arguments["start"] : arguments["stop"]] = arguments["value"]
    bias.assign(values)
