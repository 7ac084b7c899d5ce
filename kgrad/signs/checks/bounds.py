"""How far an activation can reach."""

from __future__ import annotations

import math

BOUNDS: dict[str, tuple[float, float]] = {
    "exponential": (0.0, math.inf),
    "hard_sigmoid": (0.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "relu": (0.0, math.inf),
    "relu6": (0.0, 6.0),
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "softplus": (0.0, math.inf),
    "softsign": (-1.0, 1.0),
    "tanh": (-1.0, 1.0),
}
"""Smallest and largest output, by activation."""

PROBABILITIES = frozenset({"sigmoid", "hard_sigmoid", "softmax"})
"""Activations whose outputs are probabilities."""
