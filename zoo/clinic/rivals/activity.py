"""From the outputs of a layer to the shares that rules ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.clinic.rivals.observation import Activation

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


def read(
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
            which float32 can tell for tanh up to about 8.
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
    return values.reshape(-1, values.shape[-1]).astype(np.float64)


def _inverse(kind: str, outputs: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "tanh":
            return np.arctanh(outputs)
        return np.log(outputs) - np.log1p(-outputs)
