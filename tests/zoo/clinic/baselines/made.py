"""Observations built by hand: a healthy run, and what is different in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kgrad.records import Output
from zoo.clinic.baselines import (
    Activation,
    Kernel,
    Observation,
    Scale,
    Setting,
)

STEPS = 100
"""Steps an epoch."""


def kernel(**fields: Any) -> Kernel:
    healthy = {
        "path": "kernel",
        "gradient_norm": 1.0,
        "gradient_mean": 0.01,
        "weight_mean": 0.1,
        "update_mean": 1e-4,
    }
    return Kernel(**{**healthy, **fields})


def kernels(first: float, last: float) -> tuple[Kernel, ...]:
    """Three of them: norms of the first and the last gradient."""
    return (
        kernel(gradient_norm=first),
        kernel(),
        kernel(gradient_norm=last),
    )


def activation(kind: str = "relu", **fields: Any) -> Activation:
    shares = dict.fromkeys(
        ("nonpositive_share", "inactive_unit_share", "tiny_unit_share"), 0.0
    )
    if kind in ("tanh", "sigmoid"):
        shares |= dict.fromkeys(
            ("beyond_five_share", "shut_unit_share", "bound_unit_share"), 0.0
        )
    return Activation(layer="layer", kind=kind, **{**shares, **fields})


def setting(
    activation: str = "softmax",
    units: int = 3,
    loss: str = "sparse_categorical_crossentropy",
    *,
    from_logits: bool | None = False,
    **fields: Any,
) -> Setting:
    """A classifier whose data are as every tool wants them, or a change."""
    output = Output(
        activation=activation, units=units, loss=loss, from_logits=from_logits
    )
    healthy: dict[str, Any] = {
        "inputs": Scale(0.0, 1.0, 0.1, 0.3),
        "targets": Scale(0.0, 1.0, 0.5, 0.5),
        "class_counts": (400, 300, 300),
        "first_loss": 1.1,
    }
    return Setting(outputs=(output,), **{**healthy, **fields})


def regression(activation: str = "linear", **fields: Any) -> Setting:
    """The same of a regression."""
    fields = {"loss": "mean_squared_error", "units": 1, **fields}
    return setting(
        activation, from_logits=None, **{"class_counts": (), **fields}
    )


def run(length: int = 10, **fields: Any) -> list[Observation]:
    """A run that learns, an observation an epoch.

    Args:
        length: Epochs.
        **fields: What is different: a value for each epoch, in a list, or
            one for all of them.
    """
    healthy: dict[str, Any] = {
        "loss": [1.0 / (i + 1) for i in range(length)],
        "accuracy": [0.5 + 0.45 * (i + 1) / length for i in range(length)],
        "zero_gradient_share": 0.1,
        "kernels": kernels(1.0, 1.0),
        "activations": (activation(), activation("tanh")),
    }
    columns = {**healthy, **fields}
    return [
        Observation(
            step=STEPS * (i + 1),
            epoch=i + 1,
            epochs=length,
            **{k: _of(v, i) for k, v in columns.items()},
        )
        for i in range(length)
    ]


def _of(values: Any, i: int) -> Any:
    return values[i] if isinstance(values, list) else values


def late(value: Any, usual: Any, length: int = 10, start: int = 6) -> list[Any]:
    """The usual one, and from an epoch on, from 1, the other."""
    return [usual] * (start - 1) + [value] * (length - start + 1)


def grown(start: float, factors: Sequence[float]) -> list[float]:
    values = [start]
    for factor in factors:
        values.append(values[-1] * factor)
    return values
