"""The training that things happen to: small, and always the same."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import kgrad
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter

EPOCHS, PER_EPOCH, BATCH, WINDOW = 2, 50, 4, 16
STEPS = EPOCHS * PER_EPOCH

LONG = 4 * STEPS
"""Steps of the undisturbed run, which begins like all others."""


def data() -> tuple[np.ndarray, np.ndarray]:
    """An epoch, in the order in which it is trained."""
    x = np.random.default_rng(0).standard_normal((PER_EPOCH * BATCH, 3))
    x = x.astype(np.float32)
    return x, x[:, :2]


def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The same, batch by batch, for ever."""
    x, y = data()
    while True:
        for start in range(0, len(x), BATCH):
            yield x[start : start + BATCH], y[start : start + BATCH]


def build(
    kind: type[keras.Model] = keras.Model,
    loss: Any = "mse",
    layers: tuple[keras.layers.Layer, ...] = (),
    **compiled: Any,
) -> keras.Model:
    """A dense layer with the weights of always.

    Of a kind whose units the monitor does not look at: that would be half of
    the time.

    Args:
        kind: Its class.
        loss: Its loss.
        layers: Layers before it.
        **compiled: Arguments of `compile`.
    """
    keras.utils.set_random_seed(1)
    inputs = keras.Input((3,))
    hidden = inputs
    for layer in layers:
        hidden = layer(hidden)
    dense = keras.layers.EinsumDense("ab,bc->ac", 2, bias_axes="c")
    model = kind(inputs, dense(hidden))
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    model.compile(optimizer, loss, **compiled)
    return model


class Count(keras.callbacks.Callback):
    """Writes how many steps were made, to a file that survives any end.

    Args:
        path: The file.
        then: Called with the step, when it is counted.
        start: Steps that were made before.
    """

    def __init__(
        self,
        path: Path,
        then: Callable[[int], None] = lambda step: None,
        start: int = 0,
    ) -> None:
        super().__init__()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
        self._then = then
        self.steps = start

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.steps += self.model.steps_per_execution
        os.pwrite(self._file, struct.pack("<q", self.steps), 0)
        self._then(self.steps)


def counted(path: Path) -> int:
    """The steps that were made."""
    content = path.read_bytes() if path.exists() else b""
    return struct.unpack("<q", content)[0] if content else 0


def at(step: int, action: Callable[[], object]) -> Callable[[int], None]:
    """What does something after a step."""

    def then(made: int) -> None:
        if made >= step and not done:
            done.append(made)
            action()

    done: list[int] = []
    return then


def monitor(folder: Path, **arguments: Any) -> kgrad.GradientMonitor:
    """The monitor as by default, without words on the console."""
    arguments = {
        "window": WINDOW,
        "reporters": [TensorBoardReporter(folder)],
    } | arguments
    return kgrad.GradientMonitor(folder, **arguments)


def fit(
    folder: Path,
    then: Callable[[int], None] = lambda step: None,
    *,
    model: keras.Model | None = None,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
    batched: Iterator[Any] | None = None,
    watched: dict[str, Any] | None = None,
    start: int = 0,
    **arguments: Any,
) -> kgrad.GradientMonitor:
    """Trains as always, unless something happens.

    Args:
        folder: The run folder; steps are counted in a file beside it.
        then: Called after each step.
        model: Instead of the plain one.
        callbacks: After the monitor and the count.
        batched: Data, instead of the plain ones.
        watched: Arguments of the monitor.
        start: Steps that were made before.
        **arguments: Of `fit`.
    """
    model = model or build()
    watching = monitor(folder, **(watched or {}))
    count = Count(folder.with_suffix(".count"), then, start)
    given: dict[str, Any] = {
        "epochs": EPOCHS,
        "verbose": 0,
        "callbacks": [watching, count, *callbacks],
    } | arguments
    if batched is None:
        x, y = data()
        model.fit(x, y, BATCH, shuffle=False, **given)
    else:
        signature = (
            tf.TensorSpec((BATCH, 3), tf.float32),
            tf.TensorSpec((BATCH, 2), tf.float32),
        )
        dataset = tf.data.Dataset.from_generator(
            lambda: batched, output_signature=signature
        )
        model.fit(dataset, steps_per_epoch=PER_EPOCH, **given)
    return watching
