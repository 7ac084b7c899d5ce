"""Acts on two replicas, for tests: in a process of its own, on two CPUs.

    python -m tests.actions.on_replicas FOLDER [CASE...]

What came of a case goes into `FOLDER/CASE.npz`: of two replicas, and of what
they are to be compared with. States are those of all replicas, one after the
other.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import kgrad
from kgrad.actions import Action, AutoClip, Restore, Skip, Stop
from kgrad.session import watch
from kgrad.step.replicas import copies
from tests.actions.training import BATCH, data, normalized, without
from tests.step.on_replicas import tape_loop, twins

Data = tuple[np.ndarray, np.ndarray]
FIRST, LAST = 0, BATCH - 1
"""Samples of a batch that the first and the second replica get."""


class Keep(keras.callbacks.Callback):
    """Keeps the state after every step; that before the first at 0."""

    def __init__(self) -> None:
        super().__init__()
        self.states: list[list[np.ndarray]] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if not self.states:
            self.states.append(state(self.model))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.states.append(state(self.model))


def state(model: keras.Model) -> list[np.ndarray]:
    """Every copy of every variable but the learning rate."""
    variables = [*model.variables, *model.optimizer.variables]
    return [
        copy.numpy().copy()
        for variable in variables
        for copy in copies(variable)
        if "learning_rate" not in variable.path
    ]


def spoilt(places: dict[int, int], value: float, steps: int = 12) -> Data:
    """Good batches, but for a sample each in some; by step, from 1."""
    x, y = data(steps=steps)
    for step, sample in places.items():
        row = (step - 1) * BATCH + sample
        y[row] = value
        if not math.isfinite(value):
            x[row, 1] = value
    return x, y


def ill() -> Data:
    """Not finite in the first replica, in the second, then too large."""
    x, y = spoilt({3: FIRST, 7: LAST}, math.nan)
    for step in (10, 11):
        y[(step - 1) * BATCH + LAST] = 1e4
    return x, y


def decayed() -> Any:
    return keras.optimizers.AdamW(0.01, weight_decay=0.1, use_ema=True)


def scheduled() -> Any:
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 50, 0.5)
    return keras.optimizers.AdamW(rate, weight_decay=0.1, use_ema=True)


def scaled() -> Any:
    return keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01))


def plain() -> keras.Model:
    """What it learns does not depend on how a batch is divided."""
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [layers.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(2)]
    )


@dataclass
class Trained:
    """What came of a training."""

    state: list[np.ndarray]
    logs: dict[str, list[float]] = field(default_factory=dict)
    monitor: kgrad.GradientMonitor | None = None
    kept: list[list[np.ndarray]] = field(default_factory=list)

    @property
    def history(self) -> kgrad.RunHistory:
        assert self.monitor is not None
        return self.monitor.history

    @property
    def numbers(self) -> list[np.ndarray]:
        names = ("gradient_norm", "clipped_gradient_norm", "update_norm")
        history = self.history
        return [*(history[name] for name in names), history.learning_rate]

    @property
    def acts(self) -> list[str]:
        return [act.what for act in self.history.actions]


class Trainer:
    """Trains on two replicas, or on one.

    Args:
        folder: Where run folders go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs = 0
        self.one, self.two = tf.distribute.get_strategy(), twins()

    def __call__(
        self,
        strategy: Any,
        batches: Data,
        actions: Sequence[Action] = (),
        build: Callable[[], keras.Model] = normalized,
        optimizer: Callable[[], Any] = decayed,
        loop: bool = False,
        **arguments: Any,
    ) -> Trained:
        keras.backend.clear_session()
        with strategy.scope():
            model = build()
            model.compile(optimizer(), "mse", metrics=["mae"], **arguments)
        self._runs += 1
        monitor = kgrad.GradientMonitor(
            self._folder / str(self._runs),
            reporters=[],
            window=4,
            time_every=10**6,
            actions=actions,
        )
        watched, keep = [monitor] if actions else [], Keep()
        if loop:
            tape_loop(model, strategy, watched, *batches)
            return Trained(state(model), monitor=monitor)
        fitted = model.fit(
            *batches,
            BATCH,
            shuffle=False,
            verbose=0,
            callbacks=[*watched, keep],
        )
        logs = fitted.history
        return Trained(state(model), logs, monitor, keep.states)


def skip(train: Trainer, **arguments: Any) -> dict[str, Any]:
    """Batches that are left out, and a training that never saw them."""
    guard = Skip(factor=100, warmup=4)
    left_out = train(train.two, ill(), [guard], **arguments)
    never = train(train.two, without(ill(), [3, 7, 10, 11]), **arguments)
    return {
        "several": left_out.state,
        "expected": never.state,
        "logs": list(left_out.logs.values()),
        "expected logs": list(never.logs.values()),
        "steps": [act.step for act in left_out.history.actions],
        "counted": [guard.total, int(left_out.history.skipped.sum())],
    }


def alone(train: Trainer) -> dict[str, Any]:
    """Two replicas and one, of a model that cannot tell the difference."""
    several, one = (
        train(
            strategy,
            ill(),
            [
                Skip(factor=100, warmup=4, patience=1),
                AutoClip(30),
                Restore(),
                Stop(),
            ],
            plain,
            lambda: keras.optimizers.SGD(0.05, momentum=0.9),
        )
        for strategy in (train.two, train.one)
    )
    return {
        "several": several.state[::2],
        "expected": one.state,
        "numbers": several.numbers,
        "numbers alone": one.numbers,
        "acts": several.acts,
        "acts alone": one.acts,
        "logs": list(several.logs.values()),
        "expected logs": list(one.logs.values()),
    }


def restore(train: Trainer) -> dict[str, Any]:
    """What is there after step 92, put back, and what was after step 24."""
    batches = spoilt({90: LAST}, math.nan, steps=96)
    several, one = (
        train(strategy, batches, [Restore(every=8)], optimizer=scheduled)
        for strategy in (train.two, train.one)
    )
    return {
        "several": several.kept[92],
        "expected": several.kept[24],
        "end": several.state,
        "rates": several.history.learning_rate,
        "rates alone": one.history.learning_rate,
        "acts": several.acts,
        "acts alone": one.acts,
    }


def stop(train: Trainer) -> dict[str, Any]:
    """Clipped until it is stopped; nothing is left out."""
    several, one = (
        train(
            strategy,
            spoilt({6: LAST}, math.nan),
            [AutoClip(30), Stop()],
            plain,
            lambda: keras.optimizers.SGD(0.05),
        )
        for strategy in (train.two, train.one)
    )
    return {
        "acts": several.acts,
        "acts alone": one.acts,
        "numbers": several.numbers,
        "numbers alone": one.numbers,
    }


def scaling(train: Trainer) -> dict[str, Any]:
    """An overflow in the second replica, and the same in the first."""
    several, first = (
        train(
            train.two,
            spoilt({5: sample}, math.inf),
            [Skip()],
            optimizer=scaled,
        )
        for sample in (LAST, FIRST)
    )
    return {
        "several": several.state,
        "expected": first.state,
        "acts": several.acts,
        "skipped": several.history.steps[several.history.skipped],
    }


CASES: dict[str, Callable[[Trainer], dict[str, Any]]] = {
    "skip": skip,
    "alone": alone,
    "restore": restore,
    "stop": stop,
    "scaling": scaling,
    "eager": lambda train: skip(train, run_eagerly=True),
    "loop": lambda train: skip(train, loop=True),
}


def main(folder: Path, names: list[str]) -> None:
    # On a busy machine, what is read by the clock is read at other steps.
    watch.FLUSH_SECONDS = math.inf
    train = Trainer(folder)
    for name in names:
        np.savez(folder / f"{name}.npz", **flat(CASES[name](train)))


def flat(found: dict[str, Any]) -> dict[str, Any]:
    """A state, of arrays that are not alike, as one entry for each."""
    entries: dict[str, Any] = {}
    for key, value in found.items():
        if isinstance(value, list) and value and hasattr(value[0], "shape"):
            entries |= {f"{key} {i}": part for i, part in enumerate(value)}
        else:
            entries[key] = value
    return entries


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
