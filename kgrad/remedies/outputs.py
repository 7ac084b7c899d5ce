"""Changes to the last layer and to the loss."""

from __future__ import annotations

import json
from dataclasses import replace

from kgrad.records import Argument, Edit, Layer, Output, Remedy, Setup
from kgrad.records.edits import AddDense, ChangeLayer, ChangeLoss
from kgrad.remedies.code import layer_code
from kgrad.remedies.layers import layer_of

_CURES = {
    "softmax": "the outputs are probabilities of classes that exclude others",
    "sigmoid": "each output is a probability of its own",
    "tanh": "the outputs reach from -1 to 1, as the targets do",
    "": "the outputs can be any number, as the targets can",
}
_SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "ConvLSTM")

Change = tuple[str, tuple[Edit, ...]]
"""The same change as code, and as edits."""


def last_layer(
    setup: Setup,
    output: Output,
    units: int,
    activation: str = "",
    loss: str = "",
) -> Remedy:
    """A last layer that can say what the targets ask for.

    Args:
        setup: What is trained.
        output: The output in question.
        units: Units of its last layer.
        activation: Its activation, `""` for none.
        loss: The loss that goes with it, `""` to leave it as it is.
    """
    code, edits = _last_layer(setup, output, units, activation)
    wanted = _SHORT.get(loss, loss) or output.loss
    logits = bool(activation and output.from_logits)
    if wanted != output.loss or logits:
        told = {"from_logits": False} if logits else {}
        line, of_loss = _loss(setup, wanted, loss, **told)
        code = f"{code}\n{line}"
        edits = (*edits, *of_loss) if edits and of_loss else ()
    return Remedy(
        "last_layer",
        "output that fits the targets",
        code=code,
        cures=_CURES[activation],
        does_not_cure="targets that are wrong or out of scale",
        edits=edits,
    )


def no_activation(setup: Setup, output: Output) -> Remedy:
    """No activation behind the last layer."""
    code, edits = _last_layer(setup, output, output.units, "")
    return Remedy(
        "no_activation",
        "linear output",
        code=code,
        cures=_CURES[""],
        does_not_cure="targets out of scale: bring them to mean 0, spread 1",
        edits=edits,
    )


def dense_behind(layer: str, units: int) -> Remedy:
    """A Dense layer behind a recurrent one that ended the model."""
    units = max(units, 1)
    return Remedy(
        "dense_behind",
        "linear output",
        code=f"keras.layers.Dense({units})  # after {layer}",
        cures=_CURES[""],
        does_not_cure="targets out of scale: bring them to mean 0, spread 1",
        edits=(AddDense(layer, units),),
    )


def loss_with_logits(
    setup: Setup, loss: str, from_logits: bool = True
) -> Remedy:
    """The loss told what the outputs are.

    Args:
        setup: What is trained.
        loss: Keras' name of it, in snake case.
        from_logits: Whether it gets logits.
    """
    code, edits = _loss(setup, loss, from_logits=from_logits)
    return Remedy(
        "loss_with_logits",
        "loss that fits the output",
        code=code,
        cures=(
            "the loss turns the outputs into probabilities itself, in a way "
            "that is accurate for large ones, too"
            if from_logits
            else "the outputs are probabilities already, and taken as such"
        ),
        does_not_cure="labels that are wrong",
        edits=edits,
    )


def other_loss(setup: Setup, loss: str, why: str) -> Remedy:
    """Another loss.

    Args:
        setup: What is trained.
        loss: Keras' name of it.
        why: What it does, as a sentence without a full stop.
    """
    code, edits = _loss(setup, _SHORT.get(loss, loss), loss)
    return Remedy(
        "other_loss",
        "loss that fits the targets",
        code=code,
        cures=why,
        does_not_cure="an output that cannot reach the targets",
        edits=edits,
    )


def same_shape(
    setup: Setup, output: Output, target: tuple[int, ...], units: int
) -> Remedy:
    """As many outputs as targets."""
    activation = output.activation.replace("linear", "")
    code, edits = _last_layer(setup, output, units, activation)
    return Remedy(
        "same_shape",
        "output of the shape of the targets",
        code=f"{code}; y has the shape {target}",
        cures="each target is compared with an output of its own",
        does_not_cure="targets in another order than the outputs",
        edits=edits,
    )


def last_step_only(setup: Setup) -> Remedy:
    """A recurrent layer that gives its last output only."""
    code, edits = _sequences(setup, given=False)
    return Remedy(
        "last_step_only",
        "output of the shape of the targets",
        code=code,
        cures="there is one output a sample, as there is one target",
        does_not_cure="answers that are asked for at every step",
        edits=edits,
    )


def every_step(setup: Setup) -> Remedy:
    """A recurrent layer that gives all its outputs."""
    code, edits = _sequences(setup, given=True)
    return Remedy(
        "every_step",
        "output of the shape of the targets",
        code=code,
        cures="there is an output at every step, as there is a target",
        does_not_cure="answers that are asked for at the end only",
        edits=edits,
    )


def ignored_label(setup: Setup, label: int) -> Remedy:
    """A label that counts nowhere, where the loss is told so."""
    code, edits = _loss(
        setup, "sparse_categorical_crossentropy", ignore_class=label
    )
    return Remedy(
        "ignored_label",
        "ignored label",
        code=code,
        cures="entries with that label count nowhere",
        does_not_cure="a class that is meant to be learned",
        edits=edits,
    )


def _loss(
    setup: Setup, loss: str, name: str = "", **arguments: Argument
) -> Change:
    """A loss by its name in snake case; an edit where there is one output."""
    kind = "".join(word.capitalize() for word in loss.split("_"))
    given = ", ".join(f"{k}={v!r}" for k, v in arguments.items())
    code = f"keras.losses.{kind}({given})" if given else json.dumps(name)
    edits = (ChangeLoss(kind, arguments),) if len(setup.outputs) == 1 else ()
    return f"loss={code}", edits


def _last_layer(
    setup: Setup, output: Output, units: int, activation: str
) -> Change:
    """The layer that ends the model, with other units and activation.

    Where what the outputs passed last is a layer of its own, both. Without
    edits where that is not known.
    """
    units, then = max(units, 1), activation or "linear"
    given = f', activation="{activation}"' if activation else ""
    by_hand = f"keras.layers.Dense({units}{given})  # the last layer", ()
    layer = layer_of(setup, output.layer)
    if layer is None:
        return by_hand
    dense = layer.class_name == "Dense"
    if not dense and (
        layer.units != units or layer.class_name.startswith(_RECURRENT)
    ):
        return by_hand
    now = output.activation or "linear"
    if (layer.activation or "linear") == now:
        return _changed(layer, units, then)
    behind = setup.layers[setup.layers.index(layer) + 1 :]
    separate = [x for x in behind if x.class_name == "Activation"]
    if len(setup.outputs) != 1 or [x.activation for x in separate] != [now]:
        return by_hand
    code, edits = _changed(separate[0], 0, then)
    if units == layer.units:
        return code, edits
    first, of_layer = _changed(layer, units, layer.activation)
    return f"{first}\n{code}", (*of_layer, *edits)


def _changed(layer: Layer, units: int, activation: str) -> Change:
    arguments: dict[str, Argument] = {}
    if units != layer.units:
        arguments["units"] = units
    if activation != layer.activation:
        arguments["activation"] = activation
    new = replace(layer, units=units, activation=activation)
    code = layer_code(new)
    if layer.class_name == "Activation":
        code = f'keras.layers.Activation("{activation}")  # for {layer.name}'
    return code, (ChangeLayer(layer.name, arguments),)


def _sequences(setup: Setup, given: bool) -> Change:
    """The last recurrent layer, with all its outputs or the last one only."""
    recurrent = [
        x
        for x in setup.layers
        if x.class_name.startswith((*_RECURRENT, "Bidirectional"))
    ]
    if not recurrent or "Bidirectional" in (x.class_name for x in recurrent):
        return f"return_sequences={given}  # of the last recurrent layer", ()
    layer = recurrent[-1]
    arguments = {**layer.arguments, "return_sequences": given}
    if not given:
        del arguments["return_sequences"]
    return (
        layer_code(replace(layer, arguments=arguments)),
        (ChangeLayer(layer.name, {"return_sequences": given}),),
    )
