"""The smallest recurrent training, for the ways to do it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import kgrad

BATCH = 8


def data(batches: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batches * BATCH, 5, 2)).astype("float32")
    return x, x[:, 0, :1]


def model(*more: keras.layers.Layer, **arguments: Any) -> keras.Model:
    keras.utils.set_random_seed(1)
    built = keras.Sequential(
        [
            keras.Input((5, 2)),
            keras.layers.GRU(3, name="rnn"),
            *more,
            keras.layers.Dense(1),
        ]
    )
    built.compile(keras.optimizers.SGD(0.1), "mse", **arguments)
    return built


def monitor(folder: Path, **arguments: Any) -> kgrad.GradientMonitor:
    settings: dict[str, Any] = {"reporters": [], "time_every": 3}
    return kgrad.GradientMonitor(folder, **(settings | arguments))


def loss_of(trained: keras.Model, x: Any, y: Any) -> Any:
    return tf.reduce_mean((trained(x, training=True) - y) ** 2)


def step_of(trained: keras.Model, optimizer: Any = None) -> Callable[..., Any]:
    """A step of a loop of one's own, not compiled."""
    optimizer = trained.optimizer if optimizer is None else optimizer

    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(trained, x, y)
        weights = trained.trainable_variables
        optimizer.apply_gradients(
            zip(tape.gradient(loss, weights), weights, strict=True)
        )
        return loss

    return step


def batches(count: int = 4) -> Iterator[tuple[Any, Any]]:
    x, y = data(count)
    for i in range(0, len(x), BATCH):
        yield tf.constant(x[i : i + BATCH]), tf.constant(y[i : i + BATCH])


def steps_of(watching: kgrad.GradientMonitor) -> list[int]:
    return list(watching.history.steps)


def sampled(watching: kgrad.GradientMonitor, layer: str = "rnn") -> list[int]:
    return list(watching.history.time_profiles(layer).steps)


@contextmanager
def told() -> Iterator[list[str]]:
    """What kgrad warns of; other warnings remain errors."""
    messages: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield messages
    messages += [str(w.message) for w in caught if "kgrad" in str(w.message)]
