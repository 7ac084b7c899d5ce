"""Networks that several bases share, as functions of a tensor."""

from __future__ import annotations

from typing import Any

from keras import layers

from zoo.mutants.program import Edit, Network

BINARY: dict[str, Any] = {
    "kind": "binary",
    "units": 1,
    "activation": "sigmoid",
    "loss": "binary_crossentropy",
}
"""Fields of a program that tells two classes apart."""

SEVERAL: dict[str, Any] = {**BINARY, "kind": "several"}
"""Fields of a program that says which of several labels hold."""

NUMBERS: dict[str, Any] = {
    "kind": "numbers",
    "units": 1,
    "activation": "",
    "loss": "mse",
}
"""Fields of a program that predicts a number."""


def recurrent(kind: str, units: int = 16, **arguments: Any) -> Any:
    """A hidden recurrent layer: `"SimpleRNN"`, `"LSTM"` or `"GRU"`."""
    return getattr(layers, kind)(units, name=kind.lower(), **arguments)


def every_step(kind: str, units: int = 16, **arguments: Any) -> Any:
    """The same, with its outputs of all steps."""
    return recurrent(kind, units, return_sequences=True, **arguments)


def extra(kind: str, units: int = 12) -> Any:
    """A recurrent layer below another one, that can be left out."""
    return getattr(layers, kind)(units, return_sequences=True, name="extra")


def both_ways(layer: Any) -> Any:
    """A recurrent layer, from either end."""
    return layers.Bidirectional(layer, name="both_ways")


def embedding(vocabulary: int, **arguments: Any) -> Any:
    """Ids of words become vectors."""
    return layers.Embedding(vocabulary, 12, name="embedding", **arguments)


def hidden(
    units: int = 16, activation: str = "relu", name: str = "hidden"
) -> Any:
    """A hidden dense layer."""
    return layers.Dense(units, activation=activation, name=name)


def attended(below: Network) -> Network:
    """The mean of the steps of a sequence, by weights that are learned.

    Args:
        below: Makes the sequence.
    """

    def network(x: Any, edit: Edit) -> Any:
        steps = below(x, edit)
        scores = edit(layers.Dense(1, name="scores"))(steps)
        weights = layers.Softmax(axis=1, name="weights")(scores)
        pooled = layers.Dot(axes=1, name="pooled")([weights, steps])
        return layers.Flatten(name="flat")(pooled)

    return network


def self_attended(below: Network, heads: int = 2, size: int = 8) -> Network:
    """Multi-head attention of a sequence to itself, and its mean.

    Args:
        below: Makes the sequence.
        heads: Heads.
        size: Units of a head.
    """

    def network(x: Any, edit: Edit) -> Any:
        steps = below(x, edit)
        attention = edit(
            layers.MultiHeadAttention(heads, size, name="attention")
        )
        steps = layers.Add(name="sum")([steps, attention(steps, steps)])
        return layers.GlobalAveragePooling1D(name="mean")(steps)

    return network


def encoder_decoder(kind: str, units: int, length: int) -> Network:
    """A sequence becomes a state, and the state a sequence.

    Args:
        kind: Of the recurrent layers.
        units: Of each.
        length: Of the second sequence.
    """

    def network(x: Any, edit: Edit) -> Any:
        layer = getattr(layers, kind)
        state = edit(layer(units, name="encoder"))(x)
        steps = layers.RepeatVector(length, name="repeated")(state)
        decoder = layer(units, return_sequences=True, name="decoder")
        return edit(decoder)(steps)

    return network
