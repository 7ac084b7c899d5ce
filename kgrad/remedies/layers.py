"""Changes to any layer, and layers that are put behind it."""

from __future__ import annotations

from kgrad.records import Edit, Layer, Remedy, Setup
from kgrad.remedies.code import altered

SATURATING = (
    "tanh",
    "sigmoid",
    "softmax",
    "hard_tanh",
    "hard_sigmoid",
    "softsign",
)
"""Activations that have ends, where their slope is 0."""


def relu(*layers: Layer) -> Remedy:
    """ReLU in place of saturating activations, of all layers on the way.

    Each of them takes its part of the gradient, so that changing one of
    several cures nothing.
    """
    code, edits = altered(
        *layers, activation="relu", kernel_initializer="he_normal"
    )
    return Remedy(
        "relu",
        "activation function",
        code=code,
        cures="its slope is 1 where it is active, so gradients do not shrink",
        does_not_cure="vanishing through time: there LSTM or GRU help",
        edits=edits,
    )


def initial_weights(*layers: Layer) -> Remedy:
    """Weights that begin with the size that suits the layer.

    Glorot's, of relu He's, and an orthogonal recurrence; no biases.
    """
    remedies = [altered(layer, **_initializers(layer)) for layer in layers]
    return Remedy(
        "initial_weights",
        "initial weights",
        code="\n".join(code for code, _ in remedies),
        cures=(
            "outputs and gradients keep their size from layer to layer, and "
            "units begin where their activation has slope"
        ),
        does_not_cure=(
            "weights that training throws away: there the learning rate is "
            "too large"
        ),
        edits=tuple(edit for _, edits in remedies for edit in edits),
    )


def _initializers(layer: Layer) -> dict[str, str]:
    rectifies = "relu" in layer.activation
    found = {
        "kernel_initializer": "he_normal" if rectifies else "glorot_uniform",
        "bias_initializer": "zeros",
    }
    if layer.class_name in ("SimpleRNN", "LSTM", "GRU"):
        found["recurrent_initializer"] = "orthogonal"
    return found


def leaky_relu(layer: Layer) -> Remedy:
    """A slope below zero, so that no unit is ever cut off."""
    code, edits = altered(layer, activation="leaky_relu")
    return Remedy(
        "leaky_relu",
        "activation function",
        code=code,
        cures="units with negative input keep a gradient and can come back",
        does_not_cure="what pushed them there: a rate or a bias out of scale",
        edits=edits,
    )


def batch_normalization(*layers: Layer) -> Remedy:
    """BatchNormalization behind each layer."""
    return Remedy(
        "batch_normalization",
        "batch normalization",
        code="\n".join(
            f"keras.layers.BatchNormalization()  # behind {layer.name}"
            for layer in layers
        ),
        cures=(
            "outputs keep mean 0 and spread 1, where activations have slope"
        ),
        does_not_cure="vanishing through time inside a recurrent layer",
        edits=tuple(Edit("batch_normalization", x.name) for x in layers),
    )


def dropout(layer: Layer) -> Remedy:
    """Dropout behind a layer."""
    return Remedy(
        "dropout",
        "dropout",
        code=f"keras.layers.Dropout(0.5)  # behind {layer.name}",
        cures="no unit can rely on another one: less is learned by heart",
        does_not_cure="a model that learns too little to begin with",
        edits=(Edit("dropout", layer.name),),
    )


def layer_of(setup: Setup, name: str) -> Layer | None:
    """The layer of this path, or None."""
    return next((x for x in setup.layers if x.name == name), None)
