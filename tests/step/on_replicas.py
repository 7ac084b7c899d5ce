"""Trains on two replicas, for tests: in a process of its own, on two CPUs.

    python -m tests.step.on_replicas FOLDER [MODE...]

Each mode is trained by one process, by two replicas, and by two replicas that
are watched; what came of it goes into `FOLDER/MODE.npz`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

import kgrad
from tests.step import modes

BATCH = 4
RATE = 0.05


def twins() -> Any:
    """Two replicas on this machine's one CPU."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def fit(
    model: keras.Model, strategy: Any, callbacks: list[Any], x: Any, y: Any
) -> None:
    model.fit(x, y, BATCH, shuffle=False, verbose=0, callbacks=callbacks)


def tape_loop(
    model: keras.Model, strategy: Any, callbacks: list[Any], x: Any, y: Any
) -> None:
    """A loop of the user's own, as TensorFlow's guide has it."""

    def step(x: Any, y: Any) -> None:
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((model(x, training=True) - y) ** 2, axis=1)
            loss = tf.reduce_sum(error) / BATCH
            scaled = model.optimizer.scale_loss(loss)
        weights = model.trainable_variables
        model.optimizer.apply(tape.gradient(scaled, weights), weights)

    @tf.function
    def distributed(x: Any, y: Any) -> None:
        strategy.run(step, args=(x, y))

    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)
    with strategy.scope():
        model.optimizer.build(model.trainable_variables)
    with callbacks[0].watch(model) if callbacks else nullcontext():
        for batch in strategy.experimental_distribute_dataset(data):
            distributed(*batch)


@dataclass(frozen=True)
class Mode:
    build: Callable[[], keras.Model] = modes.gated
    optimizer: Callable[[], Any] = lambda: keras.optimizers.Adam(RATE)
    train: Callable[..., None] = fit
    compile: tuple[tuple[str, Any], ...] = ()
    actions: Callable[[], list[kgrad.actions.Action]] = list
    tokens: bool = False


def idle() -> list[kgrad.actions.Action]:
    """All that there are; none of them has anything to do."""
    return [
        kgrad.actions.Skip(),
        kgrad.actions.AutoClip(percentile=99, memory=1),
        kgrad.actions.Restore(),
        kgrad.actions.Stop(),
    ]


MODES = {
    "fit": Mode(),
    "tape loop": Mode(train=tape_loop),
    "clipnorm": Mode(
        optimizer=lambda: keras.optimizers.SGD(RATE, clipnorm=0.1)
    ),
    "actions": Mode(actions=idle),
    "actions, loss scaling": Mode(
        modes.gated,
        lambda: modes.loss_scaled(2.0**10, learning_rate=RATE),
        actions=idle,
    ),
    "embedding": Mode(
        modes.embedded, lambda: keras.optimizers.SGD(RATE), tokens=True
    ),
    "eager": Mode(compile=(("run_eagerly", True),)),
}


def main(folder: Path, names: list[str]) -> None:
    several, one = twins(), tf.distribute.get_strategy()
    for name in names or MODES:
        mode = MODES[name]
        single, _ = _train(mode, one, folder / name / "one")
        watched, state = _train(mode, several, folder / name / "several")
        _, plain = _train(mode, several, None)
        assert single is not None
        assert watched is not None
        found = {
            f"{key} of {who}": history[key]
            for who, history in (("one", single), ("several", watched))
            for key in (*(m.name for m in history.measures), "update_ratio")
        }
        for who, history in (("one", single), ("several", watched)):
            found[f"loss of {who}"] = history.loss
            found[f"steps of {who}"] = history.steps
            profiles = [p for s in history.samples for p in s.profiles]
            found[f"profiles of {who}"] = np.array([p.norm for p in profiles])
            found[f"samples of {who}"] = np.array(
                [s.step for s in history.samples]
            )
        for i, (a, b) in enumerate(zip(plain, state, strict=True)):
            found[f"plain {i}"], found[f"watched {i}"] = a, b
        np.savez(folder / f"{name}.npz", **found)


def _train(
    mode: Mode, strategy: Any, folder: Path | None
) -> tuple[kgrad.RunHistory | None, list[np.ndarray]]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    with strategy.scope():
        model = mode.build()
        model.compile(mode.optimizer(), "mse", **dict(mode.compile))
    x, y = modes.inputs(mode.tokens)
    callbacks = []
    if folder is not None:
        monitor = kgrad.GradientMonitor(
            folder,
            reporters=[],
            statistics=["all"],
            time_every=2,
            actions=mode.actions(),
        )
        callbacks = [monitor]
    mode.train(model, strategy, callbacks, x, y)
    variables = [*model.variables, *model.optimizer.variables]
    state = [np.asarray(tf.convert_to_tensor(v)) for v in variables]
    return (callbacks[0].history if callbacks else None), state


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
