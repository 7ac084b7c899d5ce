"""Optimizers and layers with some changes: as code, and as edits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from kgrad.records import Argument, Edit, Layer, Remedy, Setup
from kgrad.records.edits import ChangeLayer, ChangeOptimizer


def optimizer_code(setup: Setup, **changes: Argument | None) -> str:
    """The model's optimizer as a call; a change to None drops an argument."""
    arguments = {**setup.optimizer_arguments, **changes}
    given = {k: v for k, v in arguments.items() if v is not None}
    return f"keras.optimizers.{setup.optimizer or 'Adam'}({_keywords(given)})"


def layer_code(layer: Layer, class_name: str = "", **changes: Argument) -> str:
    """The layer as a constructor call, with some changes or of another class.

    Arguments that are not numbers or text, such as a regularizer, are left
    out.
    """
    units = [str(layer.units)] if layer.units else []
    own = {} if class_name else _activation(layer)
    arguments = _keywords({**own, **layer.arguments, **changes})
    call = ", ".join([*units, *([arguments] if arguments else [])])
    return (
        f"keras.layers.{class_name or layer.class_name}({call})"
        f"  # for {layer.name}"
    )


def _activation(layer: Layer) -> dict[str, str]:
    """The layer's activation, if it is not what its class has by default."""
    recurrent = layer.class_name in ("SimpleRNN", "LSTM", "GRU")
    default = ("tanh",) if recurrent else ("", "linear")
    return (
        {} if layer.activation in default else {"activation": layer.activation}
    )


def _keywords(arguments: Mapping[str, object]) -> str:
    return ", ".join(f"{k}={short(v)}" for k, v in arguments.items())


def short(value: object) -> str:
    """A value as code: numbers with six digits, strings in double quotes."""
    if isinstance(value, str):
        return json.dumps(value)
    if not isinstance(value, float):
        return repr(value)
    # Keras refuses a learning rate that is an integer.
    return f"{value:.6g}" if value % 1 else repr(float(f"{value:.6g}"))


def together(first: Remedy, *others: Remedy) -> Remedy:
    """Several changes as one remedy, which has the name of the first."""
    every = (first, *others)
    edits = [remedy.edits for remedy in every]
    return replace(
        first,
        code="\n".join(remedy.code for remedy in every),
        cures="; ".join(dict.fromkeys(remedy.cures for remedy in every)),
        does_not_cure=others[-1].does_not_cure
        if others
        else (first.does_not_cure),
        edits=tuple(x for part in edits for x in part) if all(edits) else (),
    )


def changed_optimizer(
    setup: Setup, **changes: Argument | None
) -> tuple[str, tuple[Edit, ...]]:
    """The optimizer with other arguments, as code and as an edit."""
    code = f"optimizer={optimizer_code(setup, **changes)}"
    return code, (ChangeOptimizer(changes),)


def rate_of(setup: Setup, factor: float = 1.0) -> float:
    """The learning rate times a factor, with the digits that code shows."""
    rate = float(setup.optimizer_arguments.get("learning_rate", 1e-3))
    return float(short(rate * factor))


def changed_layers(
    *layers: Layer, **changes: Argument
) -> tuple[str, tuple[Edit, ...]]:
    """Layers with other arguments, as code and as edits.

    A layer that is only an activation has no weights to initialize.
    """
    code: list[str] = []
    edits: list[Edit] = []
    for layer in layers:
        fitting = {
            name: value
            for name, value in changes.items()
            if layer.class_name != "Activation" or name == "activation"
        }
        code.append(layer_code(layer, "", **fitting))
        edits.append(ChangeLayer(layer.name, fitting))
    return "\n".join(code), tuple(edits)
