"""What the rules of other tools look at before the first step; NumPy only."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from kgrad.records import Output, Setup

Values = npt.NDArray[Any]


@dataclass(frozen=True)
class Scale:
    """The finite numbers of an array, all of them NaN where there are none.

    Args:
        minimum: The smallest.
        maximum: The largest.
        mean: Their mean.
        std: Their standard deviation.
    """

    minimum: float = math.nan
    maximum: float = math.nan
    mean: float = math.nan
    std: float = math.nan

    @classmethod
    def of(cls, values: Values) -> Self:
        """The scale of an array."""
        values = np.asarray(values, np.float64)
        finite = values[np.isfinite(values)]
        if not finite.size:
            return cls()
        return cls(
            *map(
                float, (finite.min(), finite.max(), finite.mean(), finite.std())
            )
        )


@dataclass(frozen=True)
class Setting:
    """What is trained, and on what.

    Args:
        outputs: The outputs of the model, and what they are trained with.
        inputs: Scale of the training inputs; not of ids that an `Embedding`
            reads, which have none.
        has_nan: Whether a training input is NaN.
        targets: Scale of the targets.
        class_counts: How often each class that occurs is a target, where
            the loss is a cross-entropy of exclusive classes.
        first_loss: The loss of the first batch, before any update.
    """

    outputs: tuple[Output, ...] = ()
    inputs: Scale = Scale()
    has_nan: bool = False
    targets: Scale = Scale()
    class_counts: tuple[int, ...] = ()
    first_loss: float = math.nan

    @classmethod
    def of(
        cls,
        setup: Setup,
        x: Values,
        y: Values,
        *,
        own_activation: str = "",
        first_loss: float = math.nan,
    ) -> Self:
        """The setting of a model of one input and one output.

        Args:
            setup: What the monitor knows of the model.
            x: The training inputs, `(samples, ...)`.
            y: Their targets, `(samples, ...)`.
            own_activation: Name of the last layer's activation, where the
                monitor does not know it.
            first_loss: The loss of the first batch.
        """
        return cls(
            outputs=tuple(
                replace(output, activation=output.activation or own_activation)
                for output in setup.outputs
            ),
            inputs=Scale() if setup.plan.vocabulary else Scale.of(x),
            has_nan=bool(np.isnan(np.asarray(x, np.float64)).any()),
            targets=Scale.of(y),
            class_counts=_class_counts(setup.outputs, y),
            first_loss=first_loss,
        )


NOTHING = Setting()
"""Of which nothing is known."""


def _class_counts(
    outputs: tuple[Output, ...], labels: Values
) -> tuple[int, ...]:
    """Nothing where labels do not exclude each other, or are none."""
    loss = outputs[0].loss if outputs else ""
    if loss == "categorical_crossentropy":
        if labels.ndim < 2 or labels.shape[-1] < 2:
            return ()
        labels = labels.argmax(axis=-1)
    elif loss == "binary_crossentropy":
        if outputs[0].units != 1:
            return ()
    elif loss != "sparse_categorical_crossentropy":
        return ()
    labels = labels[np.isfinite(labels)]
    return tuple(map(int, np.unique(labels, return_counts=True)[1]))
