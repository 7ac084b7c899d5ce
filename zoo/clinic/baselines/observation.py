"""What the rules of other tools look at, once an epoch; NumPy only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]

FLAT = {"tanh": (-9.4999, 9.4999), "sigmoid": (-23.0, 16.99999)}
"""Inputs beyond these meet a slope below 1e-7 (SageMaker Debugger)."""

FIVE = 5.0
"""Inputs from here on count as saturated (DeepDiagnosis)."""

ACTIVE = 0.01
"""A unit that is active in less of its outputs is not (SageMaker Debugger)."""

TINY, MOST = 1e-5, 0.95
"""A unit is dead that is nearer to zero, so often (TheDeepChecker)."""

BOUND = 0.85
"""A unit is at its bounds if it is so far out in the mean (TheDeepChecker).

The measure is that of Rakitianskaia and Engelbrecht 2015, Measuring
saturation in neural networks, with bins that grow infinitely narrow: the mean
of the absolute output, scaled to -1 to 1.
"""


@dataclass(frozen=True)
class Kernel:
    """A trainable weight of two or more axes, that is: no bias, no scale.

    Args:
        path: Its path in the model.
        gradient_norm: L2 norm of its gradient.
        gradient_mean: Mean of the absolute gradient; of an embedding, over
            the rows that the batch asked for.
        weight_mean: Mean absolute weight; before the step of `update_mean`,
            if that was seen.
        update_mean: Mean absolute change in one optimizer step, the last
            one; NaN where not seen.
    """

    path: str
    gradient_norm: float
    gradient_mean: float
    weight_mean: float = math.nan
    update_mean: float = math.nan


@dataclass(frozen=True)
class Activation:
    """What a layer with an activation puts out.

    Args:
        layer: Its path in the model.
        kind: `"relu"`, `"tanh"`, `"sigmoid"` or `"other"`; a linear layer
            has none.
        is_output: Whether its output is the model's answer.
        nonpositive_share: Share of the outputs that are not above zero.
        inactive_unit_share: Share of the units of which less than 1% of
            the outputs are above zero.
        tiny_unit_share: Share of the units of which at least 95% of the
            outputs are nearer to zero than 1e-5.
        beyond_five_share: Of tanh and sigmoid: share of the inputs of the
            activation at or beyond -5 and 5. Otherwise NaN, as the next two.
        shut_unit_share: Share of the units of which less than 1% of the
            inputs lie where the slope is above 1e-7.
        bound_unit_share: Share of the units whose mean distance from the
            middle of the activation's range is above 0.85 of the largest.
    """

    layer: str
    kind: str
    is_output: bool = False
    nonpositive_share: float = math.nan
    inactive_unit_share: float = math.nan
    tiny_unit_share: float = math.nan
    beyond_five_share: float = math.nan
    shut_unit_share: float = math.nan
    bound_unit_share: float = math.nan


@dataclass(frozen=True)
class Observation:
    """What was seen of a run after a step.

    Args:
        step: Optimizer steps made, 1 or more.
        epoch: The epoch, from 1 on.
        epochs: How many epochs are planned.
        ends_epoch: Whether the epoch is over. In the middle of one there is
            only an observation where the loss first became NaN or Inf, and
            it has no kernels and activations.
        loss: Training loss, the mean over the epoch up to here.
        val_loss: The same on the validation data; NaN without.
        accuracy: Training accuracy; NaN if none is measured.
        val_accuracy: The same on the validation data.
        kernels: From the first to the last layer.
        zero_gradient_share: Share of the gradient that is exactly zero, of
            all trainable weights but embeddings: rows that no sample asked
            for are no sign of anything.
        activations: From the first to the last layer.
        nonfinite: Where there are NaN or Inf: `"loss"`, `"gradients"`,
            `"weights"`, `"activations"`.
        learning_rate: Of the next step; NaN where not known.
        layer_mean: Largest mean absolute output of a layer, the last one of
            the model left out; NaN where not known.
        output_sum: Largest sum of absolute outputs of a sample, over the
            last axis; NaN of several outputs.
        output_span: Largest output minus smallest, likewise.
    """

    step: int
    epoch: int
    epochs: int
    ends_epoch: bool = True
    loss: float = math.nan
    val_loss: float = math.nan
    accuracy: float = math.nan
    val_accuracy: float = math.nan
    kernels: tuple[Kernel, ...] = ()
    zero_gradient_share: float = math.nan
    activations: tuple[Activation, ...] = ()
    nonfinite: tuple[str, ...] = ()
    learning_rate: float = math.nan
    layer_mean: float = math.nan
    output_sum: float = math.nan
    output_span: float = math.nan


def activation_of(
    layer: str,
    kind: str,
    outputs: Values,
    inputs: Values | None = None,
    is_output: bool = False,
) -> Activation:
    """The shares of one layer.

    Args:
        layer: Its path.
        kind: `"relu"`, `"tanh"`, `"sigmoid"` or `"other"`.
        outputs: `(..., units)`: what the activation gave.
        inputs: As `outputs`: what it was given. Not known within a
            recurrent layer; there they are what would give these outputs,
            which float32 resolves for tanh up to about 8.
        is_output: Whether this is the answer of the model.

    Returns:
        The shares; where an output is NaN none is known.
    """
    outputs = _rows(outputs)
    if np.isnan(outputs).any():
        return Activation(layer, kind, is_output)
    active = (outputs > 0).mean(axis=0)
    tiny = (np.abs(outputs) < TINY).mean(axis=0)
    shares = {
        "nonpositive_share": (outputs <= 0).mean(),
        "inactive_unit_share": (active < ACTIVE).mean(),
        "tiny_unit_share": (tiny >= MOST).mean(),
    }
    if kind in FLAT:
        given = _inverse(kind, outputs) if inputs is None else _rows(inputs)
        low, high = FLAT[kind]
        inside = ((given > low) & (given < high)).mean(axis=0)
        scaled = outputs if kind == "tanh" else 2 * outputs - 1
        shares |= {
            "beyond_five_share": (np.abs(given) >= FIVE).mean(),
            "shut_unit_share": (inside < ACTIVE).mean(),
            "bound_unit_share": (np.abs(scaled).mean(axis=0) > BOUND).mean(),
        }
    return Activation(
        layer, kind, is_output, **{k: float(v) for k, v in shares.items()}
    )


def _rows(values: Values) -> Values:
    rows: Values = values.reshape(-1, values.shape[-1]).astype(np.float64)
    return rows


def _inverse(kind: str, outputs: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "tanh":
            before: Values = np.arctanh(outputs)
        else:
            before = np.log(outputs) - np.log1p(-outputs)
    return before
