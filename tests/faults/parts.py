"""Some of the steps of always, by `fit` or by a loop of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.faults.scene import Scene
from tests.faults.training import BATCH, PER_EPOCH, Count, data


def rows(start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """What is trained on after `start` steps, until `end` were made."""
    steps = np.arange(start, end) % PER_EPOCH
    chosen = (steps[:, None] * BATCH + np.arange(BATCH)).ravel()
    x, y = data()
    return x[chosen], y[chosen]


def fit_part(
    scene: Scene,
    model: keras.Model,
    start: int,
    end: int,
    *callbacks: keras.callbacks.Callback,
    path: Path | None = None,
) -> None:
    """One epoch of these steps, which are counted first of all."""
    count = Count(path or _path(scene), start=start)
    model.fit(
        *rows(start, end),
        BATCH,
        shuffle=False,
        verbose=0,
        callbacks=[count, *callbacks],
    )


class Loop:
    """A step of one's own, compiled as that of `fit`, and counted."""

    def __init__(self, scene: Scene, model: keras.Model) -> None:
        weights, optimizer = model.trainable_variables, model.optimizer
        optimizer.build(weights)

        def step(x: Any, y: Any) -> None:
            with tf.GradientTape() as tape:
                loss = model.compute_loss(x, y, model(x, training=True))
            optimizer.apply(tape.gradient(loss, weights), weights)

        self._step = tf.function(step, jit_compile=model.jit_compile)
        self._count = Count(_path(scene))
        self._count.set_model(model)

    def run(self, start: int, end: int) -> None:
        """Makes the steps after `start` steps, until `end` were made."""
        x, y = rows(start, end)
        self._count.steps = start
        for i in range(0, len(x), BATCH):
            batch = x[i : i + BATCH], y[i : i + BATCH]
            self._step(*map(tf.constant, batch))
            self._count.on_train_batch_end(i)


def _path(scene: Scene) -> Path:
    return scene.folder.with_suffix(".count")
