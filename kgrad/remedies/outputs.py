"""Changes to the last layer and to the loss."""

from __future__ import annotations

import json

from kgrad.records import Remedy

_CURES = {
    "softmax": "the outputs are probabilities of classes that exclude others",
    "sigmoid": "each output is a probability of its own",
    "tanh": "the outputs reach from -1 to 1, as the targets do",
    "": "the outputs can be any number, as the targets can",
}


def last_layer(units: int, activation: str = "", loss: str = "") -> Remedy:
    """A last layer that can say what the targets ask for; by hand only.

    Args:
        units: Its units.
        activation: Its activation, `""` for none.
        loss: The loss that goes with it, `""` to leave it as it is.
    """
    given = f', activation="{activation}"' if activation else ""
    layer = f"keras.layers.Dense({max(units, 1)}{given})  # the last layer"
    code = f"{layer}\nmodel.compile(..., loss={json.dumps(loss)})"
    return Remedy(
        "last_layer",
        "output that fits the targets",
        code=code if loss else layer,
        cures=_CURES[activation],
        does_not_cure="targets that are wrong or out of scale",
    )


def no_activation(layer: str) -> Remedy:
    """No activation behind the last layer; by hand only."""
    return Remedy(
        "no_activation",
        "linear output",
        code=f"activation=None  # of `{layer}`, or of what comes after it",
        cures=_CURES[""],
        does_not_cure="targets out of scale: bring them to mean 0, spread 1",
    )


def dense_behind(units: int) -> Remedy:
    """A Dense layer behind a recurrent one that ended the model."""
    return Remedy(
        "dense_behind",
        "linear output",
        code=f"keras.layers.Dense({max(units, 1)})  # behind the last layer",
        cures=_CURES[""],
        does_not_cure="targets out of scale: bring them to mean 0, spread 1",
    )


def loss_with_logits(loss: str, from_logits: bool = True) -> Remedy:
    """The loss told what the outputs are; by hand only.

    Args:
        loss: Keras' name of it, in snake case.
        from_logits: Whether it gets logits.
    """
    kind = "".join(word.capitalize() for word in loss.split("_"))
    return Remedy(
        "loss_with_logits",
        "loss that fits the output",
        code=f"loss=keras.losses.{kind}(from_logits={from_logits})",
        cures=(
            "the loss turns the outputs into probabilities itself, in a way "
            "that is accurate for large ones, too"
            if from_logits
            else "the outputs are probabilities already, and taken as such"
        ),
        does_not_cure="labels that are wrong",
    )


def other_loss(loss: str, why: str) -> Remedy:
    """Another loss; by hand only.

    Args:
        loss: Keras' name of it.
        why: What it does, as a sentence without a full stop.
    """
    return Remedy(
        "other_loss",
        "loss that fits the targets",
        code=f"loss={json.dumps(loss)}",
        cures=why,
        does_not_cure="an output that cannot reach the targets",
    )


def same_shape(target: tuple[int, ...], units: int) -> Remedy:
    """As many outputs as targets; by hand only."""
    return Remedy(
        "same_shape",
        "output of the shape of the targets",
        code=(
            f"keras.layers.Dense({units})  # the last layer; "
            f"y has the shape {target}"
        ),
        cures="each target is compared with an output of its own",
        does_not_cure="targets in another order than the outputs",
    )


def last_step_only() -> Remedy:
    """A recurrent layer that gives its last output only; by hand only."""
    return Remedy(
        "last_step_only",
        "output of the shape of the targets",
        code="return_sequences=False  # of the last recurrent layer",
        cures="there is one output a sample, as there is one target",
        does_not_cure="answers that are asked for at every step",
    )


def every_step() -> Remedy:
    """A recurrent layer that gives all its outputs; by hand only."""
    return Remedy(
        "every_step",
        "output of the shape of the targets",
        code="return_sequences=True  # of the last recurrent layer",
        cures="there is an output at every step, as there is a target",
        does_not_cure="answers that are asked for at the end only",
    )


def ignored_label(label: int) -> Remedy:
    """A label that counts nowhere, where the loss is told so."""
    return Remedy(
        "ignored_label",
        "ignored label",
        code=(
            "loss=keras.losses.SparseCategoricalCrossentropy("
            f"ignore_class={label})"
        ),
        cures="entries with that label count nowhere",
        does_not_cure="a class that is meant to be learned",
    )
