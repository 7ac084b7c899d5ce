"""NaN and infinity, injected into training runs: are they located exactly?

Each injection puts one bad value into one entry of a gradient, of a weight or
of a tensor of the batch, at a random step: NaN, infinity, or among the targets
a label that the model has no class for. The monitor must report that step and
the variable that was hit first, or the tensor, the sample and the feature.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

import kgrad
from kgrad.records import Origin
from zoo.layers.cells import CELLS

Place = Literal["gradient", "weight", "input", "target", "sample_weight"]
PLACES: tuple[Place, ...] = (
    "gradient",
    "weight",
    "input",
    "target",
    "sample_weight",
)

STEPS, BATCH, LENGTH, FEATURES, CLASSES = 40, 8, 6, 3, 2

_BATCHES: dict[Place, tuple[int, ...]] = {
    "input": (BATCH, LENGTH, FEATURES),
    "target": (BATCH, CLASSES),
    "sample_weight": (BATCH,),
}
"""Shapes of the tensors of a batch; labels are as long as the weights."""


@dataclass(frozen=True, kw_only=True)
class Injection:
    """What is injected where.

    Args:
        place: What it is injected into.
        variable: Index of the trainable variable, 0 for a tensor of the batch.
        entry: Index of the entry, in C order.
        step: Step in which it is first present, from 1.
        value: NaN or an infinity; or a label without a class.
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

    @property
    def is_label(self) -> bool:
        """Whether it is a label without a class."""
        return self.place == "target" and math.isfinite(self.value)

    @property
    def has_rows(self) -> bool:
        """Whether the targets are numbers, rows with a 1, and no labels."""
        return self.place == "target" and not self.is_label

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the tensor of the batch that it is put into."""
        return _BATCHES["sample_weight" if self.is_label else self.place]


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
    if one.place == "target" and rng.random() < 0.5:
        label = int(rng.choice([-1, CLASSES, CLASSES + 7]))
        one = replace(one, value=float(label))
    if one.place in _BATCHES:
        size = math.prod(one.shape)
        return replace(one, entry=int(rng.integers(size)))
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
        Step and target of the finding, or step and entry, as in
        `"input[3, 0, 1]"`; None if there is none.
    """
    keras.utils.clear_session()
    model = _model(injection)
    monitor = kgrad.GradientMonitor(folder, reporters=[], window=16)
    hit = [_HitWeight(injection)] if injection.place == "weight" else []
    # Without XLA, a label without a class is an error on a CPU.
    with suppress(tf.errors.InvalidArgumentError):
        model.fit(
            _batches(injection),
            shuffle=False,
            verbose=0,
            callbacks=[*hit, monitor],
        )
    if injection.place in _BATCHES:
        origins = monitor.history.origins
        return (origins[0].step, _entry(origins[0])) if origins else None
    findings = [f for f in monitor.findings if f.sign == "nonfinite"]
    return (findings[0].first_step, findings[0].target) if findings else None


def expected(injection: Injection) -> tuple[int, str]:
    """Step and target, or entry, that the monitor must report."""
    if injection.place in _BATCHES:
        index = np.unravel_index(injection.entry, injection.shape)
        place = [int(i) for i in index]
        return injection.step, f"{injection.place}{place}"
    variables = _model(injection).trainable_variables
    return injection.step, variables[injection.variable].path


def _entry(origin: Origin) -> str:
    return f"{origin.stage}{list(origin.index)}"


def _batches(injection: Injection) -> tf.data.Dataset:
    """Inputs, targets and sample weights, one of them bad."""
    rng = np.random.default_rng(injection.seed)
    x = rng.normal(size=(STEPS, BATCH, LENGTH, FEATURES)).astype(np.float32)
    labels = rng.integers(0, CLASSES, (STEPS, BATCH))
    weights = np.ones((STEPS, BATCH), np.float32)
    rows = np.eye(CLASSES, dtype=np.float32)[labels]
    y = rows if injection.has_rows else labels
    tensors = {"input": x, "target": y, "sample_weight": weights}
    if injection.place in _BATCHES:
        batch = tensors[injection.place].reshape(STEPS, -1)
        batch[injection.step - 1, injection.entry] = injection.value
    return tf.data.Dataset.from_tensor_slices(tuple(tensors.values()))


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
    sparse = "" if injection.has_rows else "sparse_"
    model.compile(
        optimizer,
        f"{sparse}categorical_crossentropy",
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
