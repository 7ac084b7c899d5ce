"""Whether a run began with weights of the size that its layers need."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kgrad.records import Layer, Setup, Snapshot, Target
from kgrad.signs.blocks import variables

OFF = 4.0
"""Weights so many times too large or too small are out of scale: those of
Keras' initializers are within a factor of 2.5."""

STRETCHES = 1.3
"""A recurrent kernel so many times as large as an orthogonal one makes a
gradient grow with each step back: 10^5-fold in 44 steps."""

_LARGE_BIAS = 0.75
"""Root mean square of a bias; that of an LSTM, whose forget gate begins at 1,
is 0.5, and others are 0."""


class WeightScale:
    """Compares the first weights of each variable with their usual size.

    The usual size is Glorot's, a root mean square of sqrt(2 / (fan_in +
    fan_out)): that of an orthogonal matrix, too, if it is square.

    References:
        Glorot, Bengio: Understanding the difficulty of training deep
        feedforward neural networks, AISTATS 2010, equation 12.
    """

    def __init__(self) -> None:
        self._factors: dict[Target, float] | None = None

    def update(self, snapshot: Snapshot) -> None:
        """Looks at the weights before the first step of all."""
        measured = {measure.name for measure in snapshot.measures}
        begins = self._factors is None and len(snapshot.steps)
        if not begins or "weight_norm" not in measured:
            return
        norms = snapshot["weight_norm"][0]
        # Embeddings and scales have no usual size.
        self._factors = {
            target: float(norms[i]) / np.sqrt(target.size) / _usual(target)
            for i in variables(snapshot.targets)
            for target in (snapshot.targets[i],)
            if target.role.endswith("kernel") or target.role == "bias"
        }

    def too_large(self, setup: Setup) -> tuple[Layer, ...]:
        """The layers with weights or biases that are far too large."""
        return self._layers(setup, lambda _, factor: factor > OFF)

    def too_small(self, setup: Setup) -> tuple[Layer, ...]:
        """The layers with kernels that are far too small."""
        return self._layers(
            setup, lambda t, factor: t.role != "bias" and factor < 1 / OFF
        )

    def stretches(self, layer: str, limit: float = STRETCHES) -> bool:
        """Whether the recurrent kernel of a layer lets gradients grow."""
        return any(
            factor > limit
            for target, factor in (self._factors or {}).items()
            if target.layer == layer and target.role == "recurrent_kernel"
        )

    def were_trained(self, layers: Sequence[str]) -> bool:
        """Whether layers began with weights that were trained before.

        Keras' own begin with biases of 0, but for the gates of an LSTM.
        """
        known = (self._factors or {}).items()
        gated = {t.layer for t, _ in known if t.role == "recurrent_kernel"}
        biases: dict[str, bool] = {
            target.layer: factor > 0
            for target, factor in known
            if target.role == "bias" and target.layer not in gated
        }
        found = [biases[layer] for layer in layers if layer in biases]
        return bool(found) and all(found)

    def _layers(
        self, setup: Setup, is_off: Callable[[Target, float], bool]
    ) -> tuple[Layer, ...]:
        factors = (self._factors or {}).items()
        names = {t.layer for t, factor in factors if is_off(t, factor)}
        return tuple(layer for layer in setup.layers if layer.name in names)


def _usual(target: Target) -> float:
    if target.role == "bias":
        return _LARGE_BIAS / OFF
    fan_in = target.size / target.units
    return float(np.sqrt(2 / (fan_in + target.units)))
