"""The remedies of a lecture, as code to paste and as edits for a machine.

Both say the same: what a person pastes is what `kgrad.treat` tries.
"""

from __future__ import annotations

from kgrad.records import CLIPPING, Edit, Layer, Remedy, Setup
from kgrad.signs.remedy_code import (
    altered,
    changed,
    layer_code,
    optimizer_code,
    rate_of,
    short,
)


def clip_gradients(setup: Setup, norm: float = 1.0) -> Remedy:
    """Clips the norm of all gradients together, and no other way."""
    drop = dict.fromkeys(CLIPPING, None)
    code, edits = changed(setup, **{**drop, "global_clipnorm": norm})
    return Remedy(
        "gradient clipping",
        code=code,
        cures=(
            f"no step uses a gradient longer than {norm:g}, so that one "
            "large gradient cannot throw the weights away"
        ),
        does_not_cure=(
            "vanishing gradients; NaN that comes from the data or the loss"
        ),
        edits=edits,
    )


def learning_rate(setup: Setup, factor: float) -> Remedy:
    """A learning rate that is larger or smaller by a factor."""
    code, edits = changed(setup, learning_rate=rate_of(setup, factor))
    smaller = factor < 1
    return Remedy(
        "smaller learning rate" if smaller else "larger learning rate",
        code=code,
        cures=(
            "every update becomes smaller: training no longer overshoots"
            if smaller
            else "every update becomes larger: training moves on faster"
        ),
        does_not_cure=(
            "rare gradients that are far above their own level: clip those"
            if smaller
            else "a layer that no gradient reaches"
        ),
        edits=edits,
    )


def decay_learning_rate(setup: Setup, steps: int) -> Remedy:
    """A learning rate that falls to zero along a cosine."""
    rate = rate_of(setup)
    others = optimizer_code(setup, learning_rate=None)
    head, _, tail = others.partition("(")
    tail = f", {tail}" if tail != ")" else tail
    schedule = f"keras.optimizers.schedules.CosineDecay({short(rate)}, {steps})"
    return Remedy(
        "learning rate decay",
        code=f"optimizer={head}({schedule}{tail}",
        cures="late steps become small: the metric settles",
        does_not_cure="a learning rate that is too large from the start",
        edits=(
            Edit("decay", arguments={"learning_rate": rate, "steps": steps}),
        ),
    )


def larger_batch(setup: Setup, factor: int = 4) -> Remedy:
    """More samples behind each update: gradients of several steps, averaged.

    It is what a larger `batch_size` does, without its need of memory.
    """
    now = int(setup.optimizer_arguments.get("gradient_accumulation_steps", 1))
    code, edits = changed(setup, gradient_accumulation_steps=factor * now)
    return Remedy(
        "larger batch",
        code=code,
        cures=(
            f"an update averages {factor} times as many samples: the noise of "
            f"the gradient falls by the root of {factor}"
        ),
        does_not_cure="a learning rate that is too large",
        edits=edits,
    )


def gated_cell(layer: Layer) -> Remedy:
    """LSTM in place of SimpleRNN."""
    return Remedy(
        "LSTM or GRU",
        code=layer_code(layer, "LSTM"),
        cures=(
            "the cell state passes gradients on through a sum, not through "
            "a matrix at every step: they can reach further back"
        ),
        does_not_cure="a learning rate that is too large",
        edits=(Edit("class", layer.name, {"class_name": "LSTM"}),),
    )


def identity_relu(layer: Layer) -> Remedy:
    """A SimpleRNN that begins by remembering everything (the IRNN)."""
    code, edits = altered(
        layer, activation="relu", recurrent_initializer="identity"
    )
    return Remedy(
        "activation function",
        code=code,
        cures=(
            "the state is handed on unchanged at first: gradients reach all "
            "the way back"
        ),
        does_not_cure="exploding gradients, which it invites: clip them, too",
        edits=edits,
    )


def open_gate(layer: Layer) -> Remedy:
    """A gate that begins by keeping what it has."""
    units = layer.units
    name, place, start = {
        "LSTM": ("forget", f"bias[{units}:{2 * units}]", units),
        "GRU": ("update", f"bias[..., :{units}]", 0),
    }[layer.class_name]
    return Remedy(
        f"{name}-gate bias",
        code=(
            f"bias = layer.cell.bias.numpy(); {place} = 3.0; "
            f"layer.cell.bias.assign(bias)  # layer: {layer.name}"
        ),
        cures=(
            f"the {name} gate begins at 0.95: the state is kept, and "
            "gradients reach further back from the first step on"
        ),
        does_not_cure="much more than 95 steps, after which 1 % is left",
        edits=(
            Edit(
                "gate_bias",
                layer.name,
                {"start": start, "stop": start + units, "value": 3.0},
            ),
        ),
    )


def recurrent_batchnorm(layer: Layer) -> Remedy:
    """Batch normalisation inside the recurrence, not behind the layer.

    Measured on adding with T=100, 48 units: at the first step the gradient
    of an LSTM reaches 99 steps back, not 13, and that of a GRU 99, not 9.
    That of a SimpleRNN only 24, not 53, and yet it comes to learn: from a
    squared error of 0.17 to 0.066, the mean of three seeds. (Where it learns
    well as it is, on digits, it loses by it: from 0.95 to 0.91.)

    By hand only: its layer belongs to the zoo, which imports kgrad.
    """
    cell = f"zoo.BatchNorm{layer.class_name}Cell({layer.units}, steps=T)"
    return Remedy(
        "recurrent batch normalisation",
        code=f"zoo.BatchNormalizedRNN({cell})  # for {layer.name}",
        cures=(
            "what goes into each step keeps its spread, so tanh keeps its "
            "slope, and a gradient its length"
        ),
        does_not_cure="sequences longer than any it was trained on",
    )


def shorter_sequences() -> Remedy:
    """Less to bridge; by hand only, for it is done to the data."""
    return Remedy(
        "shorter sequences",
        code="x = x[:, -x.shape[1] // 2 :]",
        cures="what has to be remembered lies within reach",
        does_not_cure="a task whose clue lies in what was cut off",
    )


def bounded_recurrence(layer: Layer) -> Remedy:
    """Tanh and orthogonal weights: no step stretches a gradient."""
    code, edits = altered(
        layer, activation="tanh", recurrent_initializer="orthogonal"
    )
    return Remedy(
        "recurrent weights",
        code=code,
        cures="a step back in time leaves a gradient at most as long as it is",
        does_not_cure="vanishing gradients, which tanh brings",
        edits=edits,
    )


def relu(*layers: Layer) -> Remedy:
    """ReLU in place of saturating activations, of all layers on the way.

    Each of them takes its part of the gradient, so that changing one of
    several cures nothing.
    """
    code, edits = altered(
        *layers, activation="relu", kernel_initializer="he_normal"
    )
    return Remedy(
        "activation function",
        code=code,
        cures="its slope is 1 where it is active, so gradients do not shrink",
        does_not_cure="vanishing through time: there LSTM or GRU help",
        edits=edits,
    )


def batch_normalization(*layers: Layer) -> Remedy:
    """BatchNormalization behind each layer."""
    return Remedy(
        "batch normalisation",
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


def leaky_relu(layer: Layer) -> Remedy:
    """A slope below zero, so that no unit is ever cut off."""
    code, edits = altered(layer, activation="leaky_relu")
    return Remedy(
        "activation function",
        code=code,
        cures="units with negative input keep a gradient and can come back",
        does_not_cure="what pushed them there: a rate or a bias out of scale",
        edits=edits,
    )


def scale_inputs() -> Remedy:
    """Inputs of mean 0 and spread 1.

    A layer right behind the input estimates, in training, what the mean and
    the spread of each feature are: nobody needs the data for it.
    """
    return Remedy(
        "scaled inputs",
        code=(
            "keras.layers.BatchNormalization("
            "momentum=0.9, center=False, scale=False)  # behind the input"
        ),
        cures="gradients of the first layer become as large as the others'",
        does_not_cure="a learning rate that is too large",
        edits=(Edit("scaled_inputs"),),
    )


def early_stopping() -> Remedy:
    """Training ends where the validation loss was lowest."""
    return Remedy(
        "early stopping",
        code=(
            "callbacks=[keras.callbacks.EarlyStopping(patience=5, "
            "restore_best_weights=True)]"
        ),
        cures="the weights of the best epoch are kept",
        does_not_cure="data that are too few to learn more from",
    )


def dropout(layer: Layer) -> Remedy:
    """Dropout behind a layer."""
    return Remedy(
        "dropout",
        code=f"keras.layers.Dropout(0.5)  # behind {layer.name}",
        cures="no unit can rely on another one: less is learned by heart",
        does_not_cure="a model that learns too little to begin with",
        edits=(Edit("dropout", layer.name),),
    )


def weight_decay(setup: Setup) -> Remedy:
    """Weights that are not needed shrink."""
    code, edits = changed(setup, weight_decay=0.01)
    return Remedy(
        "weight decay",
        code=code,
        cures="large weights, which learning by heart takes, cost something",
        does_not_cure="data that are too few to learn more from",
        edits=edits,
    )


def check_data() -> Remedy:
    """A look at the data, before anything else; by hand only."""
    return Remedy(
        "clean data",
        code="assert np.isfinite(x).all() and np.isfinite(y).all()",
        cures="NaN and infinity in the data turn the loss to NaN",
        does_not_cure="NaN that training itself produces",
    )


def layer_of(setup: Setup, name: str) -> Layer | None:
    """The layer of this path, or None."""
    return next((x for x in setup.layers if x.name == name), None)


def simple_recurrent(setup: Setup) -> list[Layer]:
    """The model's SimpleRNN layers."""
    return [x for x in setup.layers if x.class_name == "SimpleRNN"]
