"""What an output was compiled with: its loss and its metrics, by name."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import keras
from keras.src.utils.naming import to_snake_case


def names_of(model: Any) -> tuple[str, ...]:
    """Names of the outputs as the losses have them."""
    losses = getattr(model, "loss", None)
    if isinstance(losses, Mapping) and len(losses) > 1:
        return tuple(sorted(losses))
    if isinstance(losses, list | tuple) and len(losses) > 1:
        return tuple(str(i) for i in range(len(losses)))
    return ("",)


def _part(given: Any, name: str, i: int, count: int) -> Any:
    """What of losses or metrics is for one output."""
    if isinstance(given, Mapping):
        if name in given or count > 1:
            return given.get(name)
        return next(iter(given.values()), None)
    if isinstance(given, list | tuple):
        return given[i] if i < len(given) else None
    return given


def loss_of(model: Any, name: str, i: int, count: int) -> Any:
    """The loss of one output: an object, a function or None.

    Args:
        model: The compiled `keras.Model`.
        name: Name of the output.
        i: Its place.
        count: Number of outputs.
    """
    loss = _part(getattr(model, "loss", None), name, i, count)
    if not isinstance(loss, str):
        return loss
    if loss.lower() not in ("crossentropy", "ce"):
        try:
            return keras.losses.get(loss)
        except ValueError:
            return None
    flat = getattr(model._compile_loss, "_flat_losses", None) or ()
    return flat[i].loss if i < len(flat) else None


def _inner(loss: Any) -> Any:
    """The function of Keras' that an object only wraps."""
    if type(loss).__name__ == "LossFunctionWrapper":
        return loss.fn
    return loss


def loss_name(loss: Any) -> str:
    """Name of one of Keras' losses in snake case, `""` of any other."""
    loss = _inner(loss)
    if loss is None:
        return ""
    kind = loss if inspect.isfunction(loss) else type(loss)
    if not kind.__module__.startswith("keras."):
        return ""
    return str(to_snake_case(kind.__name__))


def from_logits(loss: Any) -> bool | None:
    """Whether a loss takes logits; None if it is not that kind of loss."""
    given = getattr(loss, "_fn_kwargs", {}).get("from_logits")
    if given is None:
        given = getattr(loss, "from_logits", None)
    if given is not None:
        return bool(given)
    inner = _inner(loss)
    if not loss_name(inner):
        return None
    if loss_name(inner) == "ctc":
        return True
    if not inspect.isfunction(inner):
        return None
    parameter = inspect.signature(inner).parameters.get("from_logits")
    return None if parameter is None else bool(parameter.default)


def _user_metrics(model: Any) -> list[Any]:
    compiled = getattr(model, "_compile_metrics", None)
    if compiled is None:
        return []
    return [compiled._user_metrics, compiled._user_weighted_metrics]


def metric_names(model: Any, name: str, i: int, count: int) -> tuple[str, ...]:
    """Names of the metrics of one output, weighted ones after the others."""
    found: list[str] = []
    for given in _user_metrics(model):
        one = isinstance(given, list | tuple) and count == 1
        part = given if one else _part(given, name, i, count)
        found += [_metric_name(metric) for metric in _flat(part)]
    return tuple(dict.fromkeys(found))


def _flat(part: Any) -> Iterator[Any]:
    if isinstance(part, list | tuple):
        for each in part:
            yield from _flat(each)
    elif part is not None:
        yield part


def _metric_name(metric: Any) -> str:
    if isinstance(metric, str):
        return metric
    if inspect.isfunction(metric):
        return str(metric.__name__)
    return str(to_snake_case(type(metric).__name__))


def ignore_class(loss: Any) -> int | None:
    """The label that a loss leaves out, None if there is none."""
    given = getattr(loss, "_fn_kwargs", {}).get("ignore_class")
    if given is None:
        given = getattr(loss, "ignore_class", None)
    return None if given is None else int(given)


def loss_weight(model: Any, name: str, i: int, count: int) -> float:
    """What the loss of one output is multiplied by: its part of `loss_weights`.

    Args:
        model: The compiled `keras.Model`.
        name: Name of the output.
        i: Its place.
        count: Number of outputs.
    """
    compiled = getattr(model, "_compile_loss", None)
    part = _part(getattr(compiled, "_user_loss_weights", None), name, i, count)
    return float(part) if isinstance(part, float | int) else 1.0
