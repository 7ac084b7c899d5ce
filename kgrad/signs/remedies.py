"""The remedies of a lecture, written as code for the model at hand."""

from __future__ import annotations

from kgrad.records import CLIPPING, Layer, Remedy, Setup


def optimizer_code(
    setup: Setup, **changes: float | int | bool | str | None
) -> str:
    """The model's optimizer as a constructor call, with some changes.

    Args:
        setup: What is being trained.
        changes: New argument values; None drops an argument.
    """
    arguments = {**setup.optimizer_arguments, **changes}
    text = ", ".join(
        f"{name}={_short(value)}"
        for name, value in arguments.items()
        if value is not None
    )
    return f"keras.optimizers.{setup.optimizer or 'Adam'}({text})"


def _short(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


def clip_gradients(setup: Setup, norm: float = 1.0) -> Remedy:
    """Clips the norm of all gradients together, and no other way."""
    drop = dict.fromkeys(CLIPPING, None)
    code = optimizer_code(setup, **{**drop, "global_clipnorm": norm})
    return Remedy(
        "gradient clipping",
        code=f"optimizer={code}",
        cures=(
            f"no step uses a gradient longer than {norm:g}, so that one "
            "large gradient cannot throw the weights away"
        ),
        does_not_cure=(
            "vanishing gradients; NaN that comes from the data or the loss"
        ),
    )


def learning_rate(setup: Setup, factor: float) -> Remedy:
    """A learning rate that is larger or smaller by a factor."""
    rate = float(setup.optimizer_arguments.get("learning_rate", 1e-3))
    code = optimizer_code(setup, learning_rate=rate * factor)
    smaller = factor < 1
    return Remedy(
        "smaller learning rate" if smaller else "larger learning rate",
        code=f"optimizer={code}",
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
    )


def decay_learning_rate(setup: Setup, steps: int) -> Remedy:
    """A learning rate that falls to zero along a cosine."""
    rate = float(setup.optimizer_arguments.get("learning_rate", 1e-3))
    others = optimizer_code(setup, learning_rate=None)
    head, _, tail = others.partition("(")
    tail = f", {tail}" if tail != ")" else tail
    schedule = (
        f"keras.optimizers.schedules.CosineDecay({_short(rate)}, {steps})"
    )
    return Remedy(
        "learning rate decay",
        code=f"optimizer={head}({schedule}{tail}",
        cures="late steps become small: the metric settles",
        does_not_cure="a learning rate that is too large from the start",
    )


def larger_batch() -> Remedy:
    """More samples behind each gradient."""
    return Remedy(
        "larger batch",
        code="model.fit(x, y, batch_size=4 * batch_size)",
        cures="the gradient is noisy by half as much",
        does_not_cure="a learning rate that is too large",
    )


def gated_cell(layer: Layer) -> Remedy:
    """LSTM in place of SimpleRNN."""
    return Remedy(
        "LSTM or GRU",
        code=f"keras.layers.LSTM({layer.units})  # for {layer.name}",
        cures=(
            "the cell state passes gradients on through a sum, not through "
            "a matrix at every step: they can reach further back"
        ),
        does_not_cure="a learning rate that is too large",
    )


def identity_relu(layer: Layer) -> Remedy:
    """A SimpleRNN that begins by remembering everything (the IRNN)."""
    return Remedy(
        "activation function",
        code=(
            f'keras.layers.SimpleRNN({layer.units}, activation="relu", '
            f'recurrent_initializer="identity")  # for {layer.name}'
        ),
        cures=(
            "the state is handed on unchanged at first: gradients reach all "
            "the way back"
        ),
        does_not_cure="exploding gradients, which it invites: clip them, too",
    )


def open_gate(layer: Layer) -> Remedy:
    """A gate that begins by keeping what it has."""
    units = layer.units
    place = {
        "LSTM": f"bias[{units}:{2 * units}]",
        "GRU": f"bias[..., :{units}]",
    }[layer.class_name]
    name = "forget" if layer.class_name == "LSTM" else "update"
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
    )


def recurrent_batchnorm(layer: Layer) -> Remedy:
    """Batch normalisation inside the recurrence, not behind the layer.

    For gated cells: measured on adding with T=100, 48 units, the gradient
    of an LSTM reaches 99 steps back at the first step, not 13, and that of
    a GRU 99, not 9; but that of a SimpleRNN 24, not 53.
    """
    cell = f"zoo.BatchNorm{layer.class_name}Cell({layer.units}, steps=T)"
    return Remedy(
        "recurrent batch normalisation",
        code=f"zoo.BatchNormalizedRNN({cell})  # for {layer.name}",
        cures=(
            "what goes into each step keeps its spread, so tanh keeps its "
            "slope: gradients reach further back from the first step on"
        ),
        does_not_cure="sequences longer than any it was trained on",
    )


def shorter_sequences() -> Remedy:
    """Less to bridge."""
    return Remedy(
        "shorter sequences",
        code="x = x[:, -x.shape[1] // 2 :]",
        cures="what has to be remembered lies within reach",
        does_not_cure="a task whose clue lies in what was cut off",
    )


def bounded_recurrence(layer: Layer) -> Remedy:
    """Tanh and orthogonal weights: no step stretches a gradient."""
    return Remedy(
        "recurrent weights",
        code=(
            f'keras.layers.SimpleRNN({layer.units}, activation="tanh", '
            f'recurrent_initializer="orthogonal")  # for {layer.name}'
        ),
        cures="a step back in time leaves a gradient at most as long as it is",
        does_not_cure="vanishing gradients, which tanh brings",
    )


def relu(layer: Layer) -> Remedy:
    """ReLU in place of a saturating activation."""
    return Remedy(
        "activation function",
        code=(
            f"keras.layers.{layer.class_name}({layer.units}, "
            'activation="relu", kernel_initializer="he_normal")'
            f"  # for {layer.name}"
        ),
        cures="its slope is 1 where it is active, so gradients do not shrink",
        does_not_cure="vanishing through time: there LSTM or GRU help",
    )


def batch_normalization(layer: Layer) -> Remedy:
    """BatchNormalization behind a layer."""
    return Remedy(
        "batch normalisation",
        code=f"keras.layers.BatchNormalization()  # behind {layer.name}",
        cures=(
            "outputs keep mean 0 and spread 1, where activations have slope"
        ),
        does_not_cure="vanishing through time inside a recurrent layer",
    )


def leaky_relu(layer: Layer) -> Remedy:
    """A slope below zero, so that no unit is ever cut off."""
    return Remedy(
        "activation function",
        code=(
            f"keras.layers.{layer.class_name}({layer.units}, "
            f'activation="leaky_relu")  # for {layer.name}'
        ),
        cures="units with negative input keep a gradient and can come back",
        does_not_cure="what pushed them there: a rate or a bias out of scale",
    )


def scale_inputs() -> Remedy:
    """Inputs of mean 0 and spread 1."""
    return Remedy(
        "scaled inputs",
        code="x = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-7)",
        cures="gradients of the first layer become as large as the others'",
        does_not_cure="a learning rate that is too large",
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
    )


def weight_decay(setup: Setup) -> Remedy:
    """Weights that are not needed shrink."""
    return Remedy(
        "weight decay",
        code=f"optimizer={optimizer_code(setup, weight_decay=0.01)}",
        cures="large weights, which learning by heart takes, cost something",
        does_not_cure="data that are too few to learn more from",
    )


def check_data() -> Remedy:
    """A look at the data, before anything else."""
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
