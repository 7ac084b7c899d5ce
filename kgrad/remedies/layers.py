"""Changes to any layer, and layers that are added after it."""

from __future__ import annotations

from kgrad.records import Layer, Remedy, Setup
from kgrad.records.edits import AddBatchNormalization, AddDropout
from kgrad.remedies.code import changed_layers

SATURATING = (
    "tanh",
    "sigmoid",
    "softmax",
    "hard_tanh",
    "hard_sigmoid",
    "softsign",
)
"""Activations that saturate: at their ends, their slope is 0."""


def relu(*layers: Layer) -> Remedy:
    """ReLU in place of saturating activations, of all layers on the way.

    Each of them shrinks the gradient, so changing only one of several cures
    nothing.
    """
    code, edits = changed_layers(
        *layers, activation="relu", kernel_initializer="he_normal"
    )
    return Remedy(
        "relu",
        "activation function",
        code=code,
        cures="its slope is 1 where it is active, so gradients do not shrink",
        does_not_cure="vanishing through time, where LSTM or GRU help",
        edits=edits,
    )


def initial_weights(*layers: Layer) -> Remedy:
    """Weights that begin with a size that suits the layer.

    Glorot's, or He's for relu, and an orthogonal recurrence; biases of 0.
    """
    remedies = [
        changed_layers(layer, **_initializers(layer)) for layer in layers
    ]
    return Remedy(
        "initial_weights",
        "initial weights",
        code="\n".join(code for code, _ in remedies),
        cures=(
            "outputs and gradients keep their size from layer to layer, and "
            "units begin where their activation has a slope"
        ),
        does_not_cure=(
            "weights that grow too large in training because of the learning "
            "rate"
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
    code, edits = changed_layers(layer, activation="leaky_relu")
    return Remedy(
        "leaky_relu",
        "activation function",
        code=code,
        cures="units with negative input keep a gradient and can come back",
        does_not_cure="a learning rate or bias that pushed them there",
        edits=edits,
    )


def batch_normalization(*layers: Layer) -> Remedy:
    """BatchNormalization after each layer."""
    return Remedy(
        "batch_normalization",
        "batch normalization",
        code="\n".join(
            f"keras.layers.BatchNormalization()  # after {layer.name}"
            for layer in layers
        ),
        cures=(
            "outputs keep mean 0 and spread 1, where activations have a slope"
        ),
        does_not_cure="vanishing through time inside a recurrent layer",
        edits=tuple(AddBatchNormalization(x.name) for x in layers),
    )


def dropout(layer: Layer) -> Remedy:
    """Dropout after a layer."""
    return Remedy(
        "dropout",
        "dropout",
        code=f"keras.layers.Dropout(0.5)  # after {layer.name}",
        cures="no unit can rely on another one, so the model memorizes less",
        does_not_cure="a model that learns too little to begin with",
        edits=(AddDropout(layer.name),),
    )


def layer_of(setup: Setup, name: str) -> Layer | None:
    """The layer of this path, or None."""
    return next((x for x in setup.layers if x.name == name), None)
