"""What one could do instead: recompute the gradients, or check every tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class OwnTape(keras.callbacks.Callback):
    """The usual workaround: recompute the gradients after a step.

    Args:
        x: The inputs.
        y: The targets.
        every: Steps between two times.
        histograms: Whether each is counted in 64 bins, as W&B's callback for
            Keras does with `log_gradients=True`, rather than normed.
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        every: int = 1,
        histograms: bool = False,
    ) -> None:
        super().__init__()
        self.x, self.y = x, y
        self.every, self.histograms = every, histograms
        self.kept: list[Any] = []
        self._steps = 0
        self._gradients: Callable[..., list[tf.Tensor]] | None = None

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        self._steps += 1
        if self._steps % self.every != 1 % self.every:
            return
        if self._gradients is None:
            what = self._recomputed if self.histograms else self._norms
            self._gradients = tf.function(what)
        found = self._gradients(self.x, self.y)
        if self.histograms:
            self.kept.append([np.histogram(g.numpy(), 64) for g in found])
        else:
            self.kept.append(float(tf.add_n(found)))

    def _norms(self, x: tf.Tensor, y: tf.Tensor) -> list[tf.Tensor]:
        return [tf.norm(gradient) for gradient in self._recomputed(x, y)]

    def _recomputed(self, x: tf.Tensor, y: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(x, y, self.model(x, training=True))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        return list(gradients)


@contextmanager
def check_numerics() -> Iterator[None]:
    """What is traced meanwhile checks every tensor for NaN and infinity."""
    tf.debugging.enable_check_numerics()
    try:
        yield
    finally:
        tf.debugging.disable_check_numerics()
