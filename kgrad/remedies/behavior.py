"""Changes to how a model is put together, and looks at it."""

from __future__ import annotations

from dataclasses import replace

from kgrad.records import Layer, Remedy
from kgrad.records.edits import ChangeLayer
from kgrad.remedies.code import changed_layers, layer_code


def find_the_cut() -> Remedy:
    """A look at where what comes in is lost."""
    return Remedy(
        "find_the_cut",
        "connected layers",
        code=(
            "for layer in model.layers: print(layer.name, "
            "keras.Model(model.inputs, layer.output)(x[:8]).numpy().std(0)"
            ".max())"
        ),
        cures="the first layer whose outputs do not vary is the one to mend",
        does_not_cure="inputs that are all the same",
    )


def slope() -> Remedy:
    """An operation without a slope that passes the gradient on."""
    return Remedy(
        "slope",
        "operation with a slope",
        code=(
            "x = x + keras.ops.stop_gradient(keras.ops.round(x) - x)"
            "  # instead of keras.ops.round(x)"
        ),
        cures="the gradient passes as if nothing were rounded",
        does_not_cure="layers whose outputs are not used",
    )


def last_state() -> Remedy:
    """A recurrent layer that is read after all its steps."""
    return Remedy(
        "last_state",
        "last step of a recurrent layer",
        code="return_sequences=False  # instead of `[:, 0]`",
        cures="the prediction depends on the whole sequence",
        does_not_cure="a lag that is longer than the gradient reaches",
    )


def training_argument() -> Remedy:
    """Dropout that is told whether it trains."""
    return Remedy(
        "training_argument",
        "dropout in training only",
        code="x = keras.layers.Dropout(0.5)(x)  # without training=True",
        cures="inference gives the same answer each time",
        does_not_cure="a model that is meant to sample",
    )


def less_dropout(layer: Layer) -> Remedy:
    """A rate that leaves most of the units."""
    code, edits = changed_layers(layer, rate=0.2)
    return Remedy(
        "less_dropout",
        "less dropout",
        code=code,
        cures="each sample is answered by most of the units",
        does_not_cure="a model that memorizes: there a third may be right",
        edits=edits,
    )


def wider_layer(layer: Layer, units: int) -> Remedy:
    """More units in a layer that everything has to pass."""
    return Remedy(
        "wider_layer",
        "more units",
        code=layer_code(replace(layer, units=units)),
        cures="what the layers before it know reaches the last one",
        does_not_cure="layers before it that know nothing",
        edits=(ChangeLayer(layer.name, {"units": units}),),
    )


def keep_the_batch_axis() -> Remedy:
    """Operations that leave the first axis alone."""
    return Remedy(
        "keep_the_batch_axis",
        "samples kept apart",
        code="axis=-1  # of softmax, mean, concatenate: never 0, the batch",
        cures="each sample is judged by itself, as it is in inference",
        does_not_cure="inputs whose first axis is not the batch",
    )


def usual_initializers() -> Remedy:
    """Keras' own initial weights."""
    return Remedy(
        "usual_initializers",
        "initial weights",
        code=(
            'kernel_initializer="glorot_uniform"  # of every layer; of relu '
            '"he_normal"'
        ),
        cures="outputs begin with the size of the inputs",
        does_not_cure="inputs or targets out of scale",
    )


def adam() -> Remedy:
    """The optimizer that learned the batch."""
    return Remedy(
        "adam",
        "optimizer",
        code="optimizer=keras.optimizers.Adam(0.001)",
        cures="it learned by heart what the compiled optimizer did not",
        does_not_cure="too few data",
    )
