"""Describes what is trained, and how, for remedies and reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from inspect import signature, unwrap
from typing import Any

import keras

from kgrad.records import Argument, Layer, Setup
from kgrad.session.batch_axis import batch_as_time
from kgrad.session.outputs import outputs_of
from kgrad.session.plan import fit_arguments, plan_of
from kgrad.session.selected_features import selected_features
from kgrad.step.optimizers import innermost
from kgrad.step.targets import layer_names, layers_of


def setup_of(
    model: Any,
    optimizer: Any,
    chance: Mapping[str, float],
    hparams: Mapping[str, float | int | bool | str],
    lag: int | None = None,
) -> Setup:
    """Describes what is trained, for remedies and reports.

    Args:
        model: The `keras.Model`, or None in a loop without one.
        optimizer: The `keras.optimizers.Optimizer` that is listened to.
        chance: Value that guessing reaches, by metric name.
        hparams: What the user wants to compare runs by.
        lag: How many time steps back the task needs, None if not
            known.
    """
    inner = innermost(optimizer)
    loss = _name(getattr(model, "loss", None))
    return Setup(
        optimizer=type(inner).__name__,
        optimizer_arguments=_arguments(inner),
        layers=_layers(model),
        loss=loss,
        classes=_classes(model, loss),
        loss_scaling=inner is not optimizer,
        chance=dict(chance),
        hparams=dict(hparams),
        lag=lag,
        outputs=outputs_of(model),
        plan=plan_of(model, fit_arguments(model)),
        batch_as_time=batch_as_time(model),
        selected_features=selected_features(model),
        adds_losses=_adds_losses(model),
        has_schedule=isinstance(
            getattr(inner, "_learning_rate", None),
            keras.optimizers.schedules.LearningRateSchedule,
        ),
    )


def completed(setup: Setup, model: Any) -> Setup:
    """The setup with what was not known before the model was built.

    Args:
        setup: Made when training began.
        model: The `keras.Model`, built by its first step.
    """
    built = plan_of(model, {})
    return replace(
        setup,
        layers=_layers(model),
        classes=_classes(model, setup.loss),
        outputs=outputs_of(model),
        plan=replace(
            setup.plan,
            batchnorm_momentum=built.batchnorm_momentum,
            vocabulary=built.vocabulary,
        ),
        batch_as_time=batch_as_time(model),
        selected_features=selected_features(model),
        adds_losses=_adds_losses(model),
    )


def _described(model: Any) -> list[Any]:
    """The layers a user knows: neither inputs nor the cells of an RNN."""
    layers = layers_of(model)
    inside = {
        id(part)
        for layer in layers
        if isinstance(layer, keras.layers.RNN)
        for part in layers_of(layer)
    }
    return [
        layer
        for layer in layers
        if id(layer) not in inside
        and not isinstance(layer, keras.layers.InputLayer)
    ]


def _layers(model: Any) -> tuple[Layer, ...]:
    names = layer_names(model)
    return tuple(_layer(x, names[id(x)]) for x in _described(model))


def _layer(layer: Any, name: str) -> Layer:
    units = getattr(layer, "units", None) or getattr(layer, "filters", None)
    return Layer(
        name=name,
        class_name=type(layer).__name__,
        activation=_name(getattr(layer, "activation", None)),
        units=units if isinstance(units, int) else 0,
        arguments=_layer_arguments(layer),
        penalties=tuple(_penalties(layer)),
    )


_REGULARIZERS = {
    "kernel_regularizer": "kernel",
    "recurrent_regularizer": "recurrent_kernel",
    "bias_regularizer": "bias",
    "embeddings_regularizer": "embeddings",
}


def _penalties(layer: Any) -> Iterator[tuple[str, float, float]]:
    """What the size of weights adds to the loss, as far as Keras says it."""
    for argument, role in _REGULARIZERS.items():
        penalty: Any = getattr(layer, argument, None)
        if type(penalty) in (
            keras.regularizers.L1,
            keras.regularizers.L2,
            keras.regularizers.L1L2,
        ):
            factors = penalty.get_config()
            yield role, factors.get("l1", 0.0), factors.get("l2", 0.0)


def _layer_arguments(layer: Any) -> dict[str, Argument]:
    """Arguments of one of Keras' layers that are not Keras' defaults.

    Not `activation` and `units`, which are told by themselves, not a seed,
    and not what every layer has, such as its name.
    """
    kind = type(layer)
    if getattr(keras.layers, kind.__name__, None) is not kind:
        return {}
    default = {
        name: parameter.default
        for name, parameter in signature(kind).parameters.items()
    }
    return {
        name: value
        for name, value in layer.get_config().items()
        if name in default
        and name not in ("activation", "units", "filters", "seed")
        and _is_argument(value)
        and not _is_default(value, default[name])
    }


def _is_argument(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return all(isinstance(part, float | int | bool | str) for part in parts)


def _is_default(value: Any, default: Any) -> bool:
    """Also where Keras writes 1 as (1, 1), and asks for its own setting."""
    if isinstance(value, tuple) and not isinstance(default, tuple):
        return all(part == default for part in value)
    if default is None and value == keras.config.image_data_format():
        return True
    return bool(value == default)


def _arguments(optimizer: Any) -> dict[str, float | int | bool | str]:
    """Arguments of an optimizer that are not Keras' defaults."""
    given = optimizer.get_config()
    default = {
        name: parameter.default
        for name, parameter in signature(type(optimizer)).parameters.items()
    }
    arguments = {
        name: value
        for name, value in given.items()
        if isinstance(value, float | int | bool | str)
        and name not in ("name", "learning_rate")
        and default.get(name) != value
    }
    rate = given.get("learning_rate")
    if not isinstance(rate, float | int):
        rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
    return {"learning_rate": float(f"{rate:.7g}"), **arguments}


def _adds_losses(model: Any) -> bool:
    """Whether layers add to the loss, by a regularizer or in their `call`.

    What they added is forgotten with each call, so their code has to say.
    """
    if not isinstance(model, keras.Model):
        return False
    return any(
        _calls(layer.call, "add_loss")
        or getattr(layer, "activity_regularizer", None) is not None
        or any(v.regularizer is not None for v in layer._trainable_variables)
        for layer in model._flatten_layers()
    )


def _calls(function: Any, method: str) -> bool:
    code = getattr(unwrap(function), "__code__", None)
    return code is not None and method in code.co_names


def _classes(model: Any, loss: str) -> int:
    words = loss.lower().replace("_", "")
    if "binarycrossentropy" in words:
        return 2
    if "categoricalcrossentropy" not in words:
        return 0
    try:
        classes = model.output_shape[-1]
    except (AttributeError, ValueError, TypeError, IndexError, KeyError):
        return 0
    return classes if isinstance(classes, int) else 0


def _name(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_name(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_name, value))
    return getattr(value, "__name__", None) or type(value).__name__
