"""The smallest model that can be watched, for tests of what is around it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

BATCH, STEPS = 4, 5


def dense(**arguments: Any) -> keras.Model:
    """A dense layer; a few milliseconds a step, traced in no time."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.SGD(0.01), "mse", **arguments)
    return model


def data(steps: int = STEPS) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((steps * BATCH, 3)).astype(np.float32)
    return x, x[:, :2]


def fit(model: keras.Model, *callbacks: Any, **arguments: Any) -> Any:
    x, y = data()
    arguments = {"epochs": 1, "verbose": 0} | arguments
    return model.fit(x, y, BATCH, callbacks=list(callbacks), **arguments)
