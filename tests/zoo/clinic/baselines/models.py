"""Small models, and their gradients written out in NumPy."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

Arrays = list[np.ndarray]


def compiled(
    *layers: Any, rate: float = 0.1, loss: str = "mse", **arguments: Any
) -> keras.Model:
    model = keras.Sequential(list(layers))
    arguments = {"jit_compile": False} | arguments
    model.compile(keras.optimizers.SGD(rate), loss, **arguments)
    return model


def dense() -> keras.Model:
    """3 to 4 (ReLU) to 2 (sigmoid)."""
    return compiled(
        keras.layers.Input((3,)),
        keras.layers.Dense(4, activation="relu", name="hidden"),
        keras.layers.Dense(2, activation="sigmoid", name="readout"),
    )


def recurrent() -> keras.Model:
    """A SimpleRNN of 4 units, over `(batch, 5, 3)`, to one number."""
    return compiled(
        keras.layers.Input((5, 3)),
        keras.layers.SimpleRNN(4, name="cell"),
        keras.layers.Dense(1, name="readout"),
    )


def samples(*shape: int, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    x = rng.standard_normal((16, *shape)).astype(np.float32)
    return x, rng.standard_normal((16, outputs)).astype(np.float32)


def dense_passes(
    weights: Arrays, x: np.ndarray, y: np.ndarray
) -> tuple[Arrays, Arrays]:
    """Gradient of each weight of `dense`; outputs of its two layers."""
    w1, b1, w2, b2 = (w.astype(np.float64) for w in weights)
    z = x @ w1 + b1
    h = np.maximum(z, 0)
    p = 1 / (1 + np.exp(-(h @ w2 + b2)))
    back = 2 * (p - y) / y.size * p * (1 - p)
    below = back @ w2.T * (z > 0)
    gradients = [x.T @ below, below.sum(0), h.T @ back, back.sum(0)]
    return gradients, [h, p]


def recurrent_passes(
    weights: Arrays, x: np.ndarray, y: np.ndarray
) -> tuple[Arrays, Arrays]:
    """Gradient of each weight of `recurrent`; its last state."""
    w, u, b, v, c = (part.astype(np.float64) for part in weights)
    states = [np.zeros((len(x), len(u)))]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ w + states[-1] @ u + b))
    back = 2 * (states[-1] @ v + c - y) / y.size
    gradients = [np.zeros_like(part) for part in (w, u, b)]
    through = back @ v.T
    for t in reversed(range(x.shape[1])):
        inside = through * (1 - states[t + 1] ** 2)
        gradients[0] += x[:, t].T @ inside
        gradients[1] += states[t].T @ inside
        gradients[2] += inside.sum(0)
        through = inside @ u.T
    return [*gradients, states[-1].T @ back, back.sum(0)], [states[-1]]
