"""What a model does with one batch, in numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Influence:
    """What one input does to the predictions.

    Args:
        name: Keras' name of the input, `""` if there is one only.
        differs: Whether its samples differ from each other.
        effect: Largest change of a prediction when the samples of this input
            are exchanged, and those of the others are not.
        features: `(features,)`, largest absolute slope of the predictions by
            each feature; empty if the input has no slopes.
        feature_differs: Whether each feature has more than one value.
        steps: `(time,)`, likewise by each step of the second axis, of inputs
            with three axes and of ids; NaN of a step that has none, but is
            the same in every sample, as padding is.
    """

    name: str = ""
    differs: bool = True
    effect: float = math.nan
    features: tuple[float, ...] = ()
    feature_differs: tuple[bool, ...] = ()
    steps: tuple[float, ...] = ()


@dataclass(frozen=True)
class Behavior:
    """What a model does with one batch before it is trained on it.

    Args:
        influences: Of every input.
        spread: Largest difference of a prediction between two samples.
        size: Largest absolute prediction.
        repeated: Largest difference of predictions of the same batch twice.
        leaked: Largest change of predictions of the other samples when one
            sample is exchanged.
        loss: Loss in training mode, without what the model adds to it.
        gradients: L2 norm of the gradient of each trainable variable, by its
            path; infinite if it holds NaN or infinity, NaN if the loss does
            not depend on the variable.
        has_zero_kernel: Whether a kernel or scale is 0 throughout, as it is
            where a branch is to begin closed: what is before it gets no
            gradient in the first step.
        losses: Loss of the same batch before and after each of the first
            updates at the compiled rate; empty if not tried.
        memorized: Likewise, of a small batch, every few updates of many;
            empty if not tried.
        memorized_slowly: Likewise with Adam at 0.001.
    """

    influences: tuple[Influence, ...] = ()
    spread: float = math.nan
    size: float = math.nan
    repeated: float = math.nan
    leaked: float = math.nan
    loss: float = math.nan
    gradients: Mapping[str, float] = field(default_factory=dict)
    has_zero_kernel: bool = False
    losses: tuple[float, ...] = ()
    memorized: tuple[float, ...] = ()
    memorized_slowly: tuple[float, ...] = ()
