"""A small training with something bad in one of its batches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

import kgrad

BATCH, STEPS = 4, 12


def normalized(**arguments: Any) -> keras.Model:
    """Dense layers with batch normalization between them."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            layers.Input((3,)),
            layers.Dense(4, name="first"),
            layers.BatchNormalization(momentum=0.5),
            layers.Dense(2, name="last"),
        ],
        name="net",
    )
    arguments = {"optimizer": keras.optimizers.Adam(0.01)} | arguments
    model.compile(loss="mse", **arguments)
    return model


def data(
    bad: Sequence[int] = (), value: float = math.nan, steps: int = STEPS
) -> tuple[np.ndarray, np.ndarray]:
    """Batches one after the other; a bad one has the value in one entry."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((steps * BATCH, 3)).astype(np.float32)
    y = x[:, :2] + 1
    for step in bad:
        y[(step - 1) * BATCH] = value
        if not math.isfinite(value):
            x[(step - 1) * BATCH, 1] = value
    return x, y


@dataclass
class Trained:
    """What came of a training."""

    model: keras.Model
    monitor: kgrad.GradientMonitor
    logs: dict[str, list[float]]

    @property
    def state(self) -> list[np.ndarray]:
        """Weights, what layers keep, and slots."""
        return state(self.model)

    @property
    def told(self) -> list[str]:
        return [act.what for act in self.monitor.history.actions]


def state(model: keras.Model) -> list[np.ndarray]:
    slots = [v.numpy() for v in model.optimizer.variables]
    return [*model.get_weights(), *slots]


def train(
    folder: Path,
    actions: Sequence[Any],
    batches: tuple[np.ndarray, np.ndarray],
    model: keras.Model | None = None,
    callbacks: Sequence[Any] = (),
    **arguments: Any,
) -> Trained:
    """Fits, monitored: a window of four steps."""
    model = model or normalized()
    monitor = kgrad.GradientMonitor(
        folder, reporters=[], window=4, time_every=10**6, actions=actions
    )
    arguments = {"epochs": 1, "verbose": 0, "shuffle": False} | arguments
    fit = model.fit(
        *batches, BATCH, callbacks=[monitor, *callbacks], **arguments
    )
    return Trained(model, monitor, fit.history)


def without(
    batches: tuple[np.ndarray, np.ndarray], left_out: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The batches but for some."""
    rows = np.arange(len(batches[0])) // BATCH + 1
    keep = ~np.isin(rows, list(left_out))
    return batches[0][keep], batches[1][keep]
