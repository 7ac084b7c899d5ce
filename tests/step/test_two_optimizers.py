"""A model that trains two networks by turns, each with its own optimizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad

BATCH, STEPS = 4, 6


class Adversaries(keras.Model):
    """A generator and a discriminator, trained in one step."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = keras.Sequential(
            [keras.Input((2,)), keras.layers.Dense(3)], name="generator"
        )
        self.discriminator = keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(1)], name="discriminator"
        )
        self.g_optimizer = keras.optimizers.Adam(0.01, clipnorm=0.5)
        self.d_optimizer = keras.optimizers.SGD(0.02)

    def train_step(self, real: Any) -> dict[str, Any]:
        losses = {}
        for name in ("d", "g"):
            with tf.GradientTape() as tape:
                loss = self.loss_of(name, real)
            network, optimizer = self.part(name)
            weights = network.trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)
            losses[name] = loss
        return losses

    def part(self, name: str) -> tuple[keras.Model, Any]:
        if name == "d":
            return self.discriminator, self.d_optimizer
        return self.generator, self.g_optimizer

    def loss_of(self, name: str, real: Any) -> Any:
        fake = self.discriminator(self.generator(real[:, :2]))
        if name == "g":
            return -tf.reduce_mean(fake)
        return tf.reduce_mean(fake) + tf.reduce_mean(
            (self.discriminator(real) - 1.0) ** 2
        )


def make() -> Adversaries:
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(1)
    model = Adversaries()
    model.compile()
    return model


def data() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.standard_normal((BATCH * STEPS, 3)).astype(np.float32)


def train(*monitors: kgrad.GradientMonitor) -> list[np.ndarray]:
    model = make()
    model.fit(
        data(), batch_size=BATCH, shuffle=False, verbose=0, callbacks=monitors
    )
    optimizers = [model.g_optimizer, model.d_optimizer]
    state = [v.numpy() for o in optimizers for v in o.variables]
    for optimizer in optimizers:
        assert "apply" not in vars(optimizer)
    return [*model.get_weights(), *state]


def norms_by_tape() -> dict[str, list[float]]:
    model = make()
    norms: dict[str, list[float]] = {"d": [], "g": []}
    for real in np.split(data(), STEPS):
        for name in ("d", "g"):
            network, optimizer = model.part(name)
            with tf.GradientTape() as tape:
                loss = model.loss_of(name, real)
            gradients = tape.gradient(loss, network.trainable_variables)
            norms[name].append(
                float(np.sqrt(sum((g.numpy() ** 2).sum() for g in gradients)))
            )
            optimizer.apply(gradients, network.trainable_variables)
    return norms


def monitor_of(folder: Path, name: str) -> kgrad.GradientMonitor:
    return kgrad.GradientMonitor(
        folder / name,
        optimizer=f"{name}_optimizer",
        signs=[],
        statistics=["all"],
        reporters=[],
    )


@pytest.mark.parametrize(
    "names",
    [*(pytest.param(one, marks=pytest.mark.full) for one in "dg"), "dg"],
)
def test_one_or_both_are_watched_and_training_is_the_same(
    names: str, tmp_path: Path
) -> None:
    monitors = {name: monitor_of(tmp_path, name) for name in names}
    watched = train(*monitors.values())
    for a, b in zip(train(), watched, strict=True):
        np.testing.assert_array_equal(a, b)
    expected = norms_by_tape()
    for name, monitor in monitors.items():
        history = monitor.history
        assert list(history.steps) == list(range(1, STEPS + 1))
        np.testing.assert_allclose(
            history["gradient_norm"][:, -1], expected[name], rtol=1e-5
        )
        network = {"d": "discriminator", "g": "generator"}[name]
        assert all(t.startswith(network) for t in history.targets[:-1])


def test_by_name_or_by_instance(tmp_path: Path) -> None:
    model = make()
    monitor = kgrad.GradientMonitor(
        tmp_path,
        optimizer=model.d_optimizer,
        signs=[],
        statistics=["all"],
        reporters=[],
    )
    model.fit(data(), batch_size=BATCH, verbose=0, callbacks=[monitor])
    assert monitor.history.setup.optimizer == "SGD"
    assert len(monitor.history.steps) == STEPS
