"""Mutations of hidden layers: activation, initial weights, gates, size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from zoo.mutants.operators.operator import Operator
from zoo.mutants.program import Edit, Program

Config = dict[str, Any]


def _in_layers(change: Callable[[Config], Config]) -> Edit:
    """Changes the arguments of a layer, and of layers within it."""

    def edit(layer: Any) -> Any:
        config = layer.get_config()
        for name in ("layer", "backward_layer"):
            inner = config.get(name)
            if isinstance(inner, Mapping):
                changed = change(dict(inner["config"]))
                config[name] = {**inner, "config": changed}
        return type(layer).from_config(change(config))

    return edit


def _given(**values: Any) -> Callable[[Config], Config]:
    """Sets those of the arguments that a layer has."""

    def change(config: Config) -> Config:
        return config | {k: v for k, v in values.items() if k in config}

    return change


def _edited(edit: Edit, program: Program) -> Program:
    return program.but(edits=(*program.edits, edit))


def _activation(name: str, program: Program) -> Program | None:
    if "squashed" not in program.tags:
        return None

    def change(config: Config) -> Config:
        current = config.get("activation")
        if current in (None, "linear", name):
            return config
        return config | {"activation": name}

    return _edited(_in_layers(change), program)


def _weights(initializer: Config, program: Program) -> Program:
    return _edited(
        _in_layers(
            _given(
                kernel_initializer=initializer,
                recurrent_initializer=initializer,
            )
        ),
        program,
    )


def _recurrent_weights(initializer: Config, program: Program) -> Program | None:
    if "time" not in program.tags:
        return None
    change = _given(recurrent_initializer=initializer)
    return _edited(_in_layers(change), program)


def _initializer(name: str, **arguments: Any) -> Config:
    return {
        "module": "keras.initializers",
        "class_name": name,
        "config": arguments,
        "registered_name": None,
    }


def _bias(value: float, program: Program) -> Program | None:
    """Biases of relu and tanh units; those of gates are another operator."""
    if "gated" in program.tags or "squashed" not in program.tags:
        return None
    constant = _initializer("Constant", value=value)
    return _edited(_in_layers(_given(bias_initializer=constant)), program)


def _gate(value: float, program: Program) -> Program | None:
    """Biases of the gate that keeps: LSTM's forget gate, GRU's update gate."""
    if "gated" not in program.tags:
        return None

    def edit(layer: Any) -> Any:
        places = {"LSTM": (0.0, value, 0.0, 0.0), "GRU": (value, 0.0, 0.0)}
        config = layer.get_config()
        for name in ("layer", "backward_layer"):
            inner = config.get(name)
            if isinstance(inner, Mapping):
                changed = _opened(
                    dict(inner["config"]), places.get(inner["class_name"])
                )
                config[name] = {**inner, "config": changed}
        own = places.get(type(layer).__name__)
        return type(layer).from_config(_opened(config, own))

    return _edited(edit, program)


def _opened(config: Config, gates: tuple[float, ...] | None) -> Config:
    if gates is None:
        return config
    values: Any = [gate for gate in gates for _ in range(config["units"])]
    if config.get("reset_after"):  # A bias of the inputs, and one of the state.
        values = [values, [0.0] * len(values)]
    config["bias_initializer"] = _initializer("Constant", value=values)
    if "unit_forget_bias" in config:
        config["unit_forget_bias"] = False
    return config


def _penalty(strength: float, program: Program) -> Program:
    penalty = {
        "module": "keras.regularizers",
        "class_name": "L2",
        "config": {"l2": strength},
        "registered_name": None,
    }
    change = _given(kernel_regularizer=penalty, recurrent_regularizer=penalty)
    return _edited(_in_layers(change), program)


def _dropout(rate: float, program: Program) -> Program:
    """Dropout before the last layer."""
    from keras import layers

    hidden = program.hidden
    return program.but(
        hidden=lambda x, edit: layers.Dropout(rate)(hidden(x, edit))
    )


def _without_extra(program: Program) -> Program | None:
    from keras import layers

    if "extra" not in program.tags:
        return None
    return _edited(
        lambda layer: (
            layers.Identity(name=layer.name) if layer.name == "extra" else layer
        ),
        program,
    )


def _without_mask(program: Program) -> Program | None:
    from keras import layers

    if "masked" not in program.tags:
        return None

    def edit(layer: Any) -> Any:
        if isinstance(layer, layers.Masking):
            return layers.Identity(name=layer.name)
        return _in_layers(_given(mask_zero=False))(layer)

    return _edited(edit, program)


def _narrow(units: int, program: Program) -> Program | None:
    """The last hidden representation has one number only."""
    from keras import layers

    if program.kind == "numbers":
        return None
    hidden = program.hidden
    return program.but(
        hidden=lambda x, edit: layers.Dense(units)(hidden(x, edit))
    )


OPERATORS = (
    Operator(
        name="activation",
        category="activation",
        strengths={
            name: partial(_activation, name)
            for name in ("sigmoid", "relu", "linear", "softmax")
        },
    ),
    Operator(
        name="weights",
        category="weights",
        strengths={
            "zeros": partial(_weights, _initializer("Zeros")),
            **{
                f"normal-{stddev}": partial(
                    _weights,
                    _initializer("RandomNormal", stddev=stddev, mean=0.0),
                )
                for stddev in (0.001, 1.0, 5.0)
            },
        },
    ),
    Operator(
        name="recurrent_weights",
        category="weights",
        strengths={
            f"gain-{gain}": partial(
                _recurrent_weights, _initializer("Orthogonal", gain=gain)
            )
            for gain in (0.1, 3.0)
        },
    ),
    Operator(
        name="bias",
        category="weights",
        strengths={f"{b}": partial(_bias, b) for b in (-1.0, -5.0)},
    ),
    Operator(
        name="gate_bias",
        category="architecture",
        # The bias of a gate is an initial weight.
        equally=("weights",),
        strengths={f"{b}": partial(_gate, b) for b in (-2.0, -6.0)},
    ),
    Operator(
        name="penalty",
        category="regularization",
        strengths={
            f"{strength}": partial(_penalty, strength)
            for strength in (0.001, 0.03, 0.3)
        },
    ),
    Operator(
        name="dropout",
        category="regularization",
        strengths={f"{rate}": partial(_dropout, rate) for rate in (0.5, 0.95)},
    ),
    Operator(
        name="layer_removed",
        category="architecture",
        strengths={"extra": _without_extra},
    ),
    Operator(
        name="mask_removed",
        category="architecture",
        strengths={"all": _without_mask},
    ),
    Operator(
        name="narrow",
        category="architecture",
        strengths={"1": partial(_narrow, 1)},
    ),
)
