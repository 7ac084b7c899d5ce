"""NaN and infinity, injected into training runs: are they located exactly?

Each injection puts one bad value into one entry of a gradient or of a weight at
a random step. The monitor must report that step, and the variable that was hit
first. `bad_batches` has those of the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

import kgrad
from zoo.layers.cells import CELLS

Place = Literal["gradient", "weight"]
PLACES: tuple[Place, ...] = ("gradient", "weight")

STEPS, BATCH, LENGTH, FEATURES, CLASSES = 40, 8, 6, 3, 2


@dataclass(frozen=True, kw_only=True)
class Injection:
    """What is injected where.

    Args:
        place: What it is injected into.
        variable: Index of the trainable variable.
        entry: Index of the entry, in C order.
        step: Step in which it is first present, from 1.
        value: NaN or an infinity.
        cell: Name of the recurrent cell.
        jit_compile: Whether XLA compiles the step.
        mixed: Whether the model computes in float16 with loss scaling. There
            a single non-finite gradient is routine, so gradients are hit in
            all steps from `step` on.
        steps_per_execution: As in `compile`. Weights are hit from outside,
            before a step, which is possible with 1 only.
        seed: Seed of weights and data.
    """

    place: Place
    variable: int
    entry: int
    step: int
    value: float
    cell: str
    jit_compile: bool
    mixed: bool
    steps_per_execution: int
    seed: int


def draw(count: int, seed: int = 0) -> list[Injection]:
    """Draws injections: half with XLA, a quarter in mixed precision.

    Args:
        count: How many.
        seed: Seed of the random choices.
    """
    rng = np.random.default_rng(seed)
    return [_one(i, rng) for i in range(count)]


def _one(number: int, rng: np.random.Generator) -> Injection:
    one = Injection(
        place=PLACES[int(rng.integers(len(PLACES)))],
        variable=0,
        entry=0,
        step=int(rng.integers(2, STEPS // 2)),
        value=float(rng.choice([math.nan, math.inf, -math.inf])),
        cell=CELLS.names[int(rng.integers(len(CELLS.names)))],
        jit_compile=number % 2 == 1,
        mixed=number % 4 == 3,
        steps_per_execution=2 if number % 4 == 2 else 1,
        seed=int(rng.integers(2**31)),
    )
    if one.place == "weight":
        one = replace(one, steps_per_execution=1)
    shapes = [w.shape for w in _model(one).trainable_variables]
    variable = int(rng.integers(len(shapes)))
    entry = int(rng.integers(math.prod(shapes[variable])))
    return replace(one, variable=variable, entry=entry)


def found(injection: Injection, folder: Path) -> tuple[int, str] | None:
    """Trains with the injection: what the monitor reports as its origin.

    Args:
        injection: What to inject.
        folder: Run folder.

    Returns:
        Step and target of the finding; None if there is none.
    """
    keras.utils.clear_session()
    model = _model(injection)
    monitor = kgrad.GradientMonitor(folder, reporters=[], window=16)
    hit = [_HitWeight(injection)] if injection.place == "weight" else []
    model.fit(
        _batches(injection),
        shuffle=False,
        verbose=0,
        callbacks=[*hit, monitor],
    )
    findings = [f for f in monitor.findings if f.sign == "nonfinite"]
    return (findings[0].first_step, findings[0].target) if findings else None


def expected(injection: Injection) -> tuple[int, str]:
    """Step and target that the monitor must report."""
    variables = _model(injection).trainable_variables
    return injection.step, variables[injection.variable].path


def _batches(injection: Injection) -> tf.data.Dataset:
    rng = np.random.default_rng(injection.seed)
    x = rng.normal(size=(STEPS, BATCH, LENGTH, FEATURES)).astype(np.float32)
    labels = rng.integers(0, CLASSES, (STEPS, BATCH))
    return tf.data.Dataset.from_tensor_slices((x, labels))


def _model(injection: Injection) -> keras.Model:
    keras.utils.set_random_seed(injection.seed)
    dtype = "mixed_float16" if injection.mixed else "float32"
    inputs = keras.layers.Input((LENGTH, FEATURES))
    stack = [
        CELLS[injection.cell].layer(4, name="rnn", dtype=dtype),
        keras.layers.Dense(5, "tanh", name="hidden", dtype=dtype),
        keras.layers.Dense(CLASSES, "softmax", name="readout"),
    ]
    outputs = inputs
    for layer in stack:
        outputs = layer(outputs)
    model = keras.Model(inputs, outputs, name="patient")
    optimizer: Any = keras.optimizers.Adam(0.01)
    if injection.mixed:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    if injection.place == "gradient":
        variable = model.trainable_variables[injection.variable]
        outputs = _HitGradient(injection, variable, optimizer)(outputs)
        model = keras.Model(inputs, outputs, name="patient")
    model.compile(
        optimizer,
        "sparse_categorical_crossentropy",
        steps_per_execution=injection.steps_per_execution,
        jit_compile=injection.jit_compile,
    )
    return model


class _HitGradient(keras.layers.Layer):
    """Passes its inputs on, and adds to the gradient of a variable."""

    def __init__(
        self, injection: Injection, variable: Any, optimizer: Any
    ) -> None:
        super().__init__(name="hit", dtype="float32")
        self._injection = injection
        self._hit = [variable]
        self._clock = optimizer

    def call(self, inputs: Any) -> Any:
        """Adds a loss of 0 whose gradient is not finite."""
        one = self._injection
        variable = self._hit[0]
        poison = np.zeros(math.prod(variable.shape), np.float32)
        poison[one.entry] = one.value
        spoilt = tf.constant(poison.reshape(variable.shape))
        batches = self._clock.iterations

        @tf.custom_gradient
        def nothing(weights: Any) -> Any:
            def gradient(upstream: Any) -> Any:
                now = tf.cast(batches, tf.int32) + 1
                there = now >= one.step if one.mixed else now == one.step
                return tf.where(there, spoilt, tf.zeros_like(spoilt))

            return tf.zeros(()), gradient

        self.add_loss(nothing(tf.convert_to_tensor(variable)))
        return inputs


class _HitWeight(keras.callbacks.Callback):
    """Puts the value into a weight before a step."""

    def __init__(self, injection: Injection) -> None:
        super().__init__()
        self._injection = injection

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Once."""
        if batch == self._injection.step - 1:
            variable = self.model.trainable_variables[self._injection.variable]
            values = variable.value.numpy().copy()
            values.flat[self._injection.entry] = self._injection.value
            variable.assign(values)
