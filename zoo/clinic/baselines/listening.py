"""Listening to the activations of a model, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from zoo.training.workers import patched

KINDS = {
    "relu": "relu",
    "relu6": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "linear": "",
    "": "",
}
"""Kind by name of an activation; none of these is `"other"`, `""` is none."""


_OTHERS = (
    keras.layers.ELU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.Softmax,
)


@dataclass(frozen=True)
class Listened:
    """A layer that is listened to.

    Args:
        layer: The Keras layer.
        kind: Of its activation, as in an `Activation`.
        is_output: Whether its output is the model's answer.
    """

    layer: Any
    kind: str
    is_output: bool

    @property
    def is_recurrent(self) -> bool:
        """Whether its activation is within a loop over time."""
        return isinstance(
            self.layer, keras.layers.RNN | keras.layers.Bidirectional
        )


def layers_within(layer: Any) -> list[Any]:
    """All layers within a layer, nested ones, too."""
    return list(layer._flatten_layers(include_self=False))


def listened_of(model: Any) -> Iterator[Listened]:
    """Layers with an activation, in the model and in models within it."""
    outputs = {id(tensor) for tensor in getattr(model, "outputs", None) or ()}
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            for inner in listened_of(layer):
                # What the inner model puts out, this one may only pass on.
                yield Listened(inner.layer, inner.kind, False)
            continue
        kind = _kind(layer)
        if kind:
            yield Listened(layer, kind, _output_of(layer) in outputs)


def hidden(model: Any) -> list[str]:
    """Paths of layers whose activation is within a wrapper."""
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += hidden(layer)
        elif not _kind(layer) and any(map(_kind, layers_within(layer))):
            found.append(layer.path or layer.name)
    return found


def _kind(layer: Any) -> str:
    if isinstance(layer, keras.layers.ReLU):
        return "relu"
    if isinstance(layer, _OTHERS):
        return "other"
    inner = getattr(layer, "forward_layer", layer)
    cell = getattr(inner, "cell", None)
    activation = getattr(inner, "activation", getattr(cell, "activation", None))
    name = getattr(activation, "__name__", "other" if activation else "")
    return KINDS.get(name, "other")


def _output_of(layer: Any) -> int:
    """Identity of the layer's symbolic output, if there is exactly one."""
    try:
        return id(layer.output)
    except AttributeError:
        return 0


def listening(
    listened: Listened, into: list[Any]
) -> AbstractContextManager[None]:
    """Hears inputs and outputs of an activation, or outputs of a layer."""
    layer = listened.layer
    if listened.is_recurrent or not hasattr(layer, "activation"):
        call = layer.call

        def called(*args: Any, **kwargs: Any) -> Any:
            outputs = call(*args, **kwargs)
            first = outputs[0] if isinstance(outputs, list | tuple) else outputs
            into.append((None, first))
            return outputs

        return patched(layer, call=called)
    activation: Callable[..., Any] = layer.activation

    def activated(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = activation(inputs, *args, **kwargs)
        into.append((inputs, outputs))
        return outputs

    return patched(layer, activation=activated)


def joined(values: list[Any]) -> Any:
    """What a layer was heard in all its calls: `(inputs, outputs)` or `()`."""
    if not values:
        return ()
    return tuple(
        None
        if parts[0] is None
        else tf.concat(
            [tf.reshape(part, (-1, part.shape[-1])) for part in parts], axis=0
        )
        for parts in zip(*values, strict=True)
    )
