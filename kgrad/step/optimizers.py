"""Which optimizer a model trains with, and what it wraps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import keras

from kgrad._arguments import require


def innermost(optimizer: Any) -> Any:
    """The optimizer that updates the weights, inside any loss scaling."""
    while isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        optimizer = optimizer.inner_optimizer
    return optimizer


def wanted_optimizer(optimizer: Any) -> Any:
    """The argument of `find_optimizer`, if it can be one.

    Raises:
        TypeError: If it cannot.
    """
    require(
        isinstance(optimizer, str | keras.optimizers.Optimizer | None),
        "`optimizer` must be a `keras.optimizers.Optimizer`, the name of "
        "a model's attribute, or None.",
        optimizer=optimizer,
    )
    return optimizer


def find_optimizers(model: Any, wanted: Any = None) -> list[Any]:
    """The optimizers to listen to, the one compiled with first.

    Args:
        model: The `keras.Model`, or None.
        wanted: As of `find_optimizer`; None for all that the model has.

    Raises:
        ValueError: If there is none.
    """
    if wanted is not None:
        return [find_optimizer(model, wanted)]
    compiled = getattr(model, "optimizer", None)
    found = {} if compiled is None else {id(innermost(compiled)): compiled}
    for value in _attributes(model).values():
        for one in _flat(value):
            if isinstance(one, keras.optimizers.Optimizer):
                found.setdefault(id(innermost(one)), one)
    return list(found.values()) or [find_optimizer(model)]


def _attributes(model: Any) -> Mapping[str, Any]:
    return getattr(model, "__dict__", {})


def _flat(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else (value,)


def find_optimizer(model: Any, wanted: Any = None) -> Any:
    """The optimizer to listen to.

    Args:
        model: The `keras.Model`, or None.
        wanted: An optimizer, the name of a model's attribute, or None for
            the one that the model was compiled with.

    Raises:
        ValueError: If there is none, or the choice is not clear.
    """
    compiled = getattr(model, "optimizer", None)
    if isinstance(wanted, str):
        found = getattr(model, wanted, None)
        if not isinstance(found, keras.optimizers.Optimizer):
            raise ValueError(
                "`optimizer` must name an attribute of the model that holds "
                "a `keras.optimizers.Optimizer`. "
                f"Received: optimizer={wanted!r}"
            )
        return found
    if wanted is not None:
        # `compile` may have wrapped it for loss scaling.
        return compiled if innermost(compiled) is wanted else wanted
    if compiled is not None:
        return compiled
    names = [
        name
        for name, value in _attributes(model).items()
        if isinstance(value, keras.optimizers.Optimizer)
    ]
    if len(names) == 1:
        return getattr(model, names[0])
    raise ValueError(
        "`optimizer` must say which optimizer to listen to: the model was "
        "not compiled with one. Allowed: a `keras.optimizers.Optimizer`"
        + "".join(f", {name!r}" for name in names)
        + ". Received: optimizer=None"
    )


def build(optimizer: Any, variables: list[Any]) -> None:
    """Builds the optimizer where its own `apply` would build it."""
    with keras.name_scope(optimizer.name, caller=optimizer):
        optimizer.build(variables)
    optimizer.built = True
