"""In every way to train: the numbers are right, and training is the same.

Each mode is trained twice from the same weights, with and without the
monitor, and once more by an eager tape that copies everything to the host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from tests.reference import train_by_tape

BATCH, STEPS, LENGTH, TOKENS = 4, 6, 5, 7


def inputs(tokens: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    n = BATCH * STEPS
    x = rng.standard_normal((n, LENGTH, 3)).astype(np.float32)
    if tokens:
        x = rng.integers(0, TOKENS, (n, LENGTH))
    return x, rng.standard_normal((n, 2)).astype(np.float32)


def recurrent() -> keras.Model:
    return keras.Sequential(
        [layers.Input((LENGTH, 3)), layers.LSTM(4), layers.Dense(2)]
    )


def functional() -> keras.Model:
    x = layers.Input((LENGTH, 3))
    a, b = layers.GRU(3)(x), layers.SimpleRNN(3)(x)
    return keras.Model(x, layers.Dense(2)(layers.Concatenate()([a, b])))


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = layers.Bidirectional(layers.LSTM(3))
        self.readout = layers.Dense(2)

    def call(self, x: Any) -> Any:
        return self.readout(self.rnn(x))


class OwnTrainStep(Subclassed):
    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
        weights = self.trainable_weights
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": loss}


class Unused(Subclassed):
    def __init__(self) -> None:
        super().__init__()
        self.unused = self.add_weight(shape=(3,), name="unused")


def unused() -> keras.Model:
    return Unused()


def frozen() -> keras.Model:
    model = recurrent()
    model.layers[0].trainable = False
    return model


def embedded() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((LENGTH,), dtype="int32"),
            layers.Embedding(TOKENS, 3),
            layers.GRU(3),
            layers.Dense(2),
        ]
    )


def normalised() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((LENGTH, 3)),
            layers.SimpleRNN(4),
            layers.BatchNormalization(),
            layers.Dense(2),
        ]
    )


def constrained() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((LENGTH, 3)),
            layers.Flatten(),
            layers.Dense(4, kernel_constraint="max_norm", activation="relu"),
            layers.Dense(2),
        ]
    )


def convolutional() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((LENGTH, 3)),
            layers.Conv1D(4, 3, activation="relu"),
            layers.GlobalAveragePooling1D(),
            layers.Dense(2),
        ]
    )


def fit(model: keras.Model, callbacks: list[Any], x: Any, y: Any) -> None:
    model.fit(x, y, BATCH, shuffle=False, verbose=0, callbacks=callbacks)


def fit_twice(model: keras.Model, callbacks: list[Any], x: Any, y: Any) -> None:
    half = len(x) // 2
    fit(model, callbacks, x[:half], y[:half])
    fit(model, callbacks, x[half:], y[half:])


def fit_dataset(
    model: keras.Model, callbacks: list[Any], x: Any, y: Any
) -> None:
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)
    model.fit(data, shuffle=False, verbose=0, callbacks=callbacks)


def fit_generator(
    model: keras.Model, callbacks: list[Any], x: Any, y: Any
) -> None:
    def generate() -> Iterator[tuple[Any, Any]]:
        for i in range(0, len(x), BATCH):
            yield x[i : i + BATCH], y[i : i + BATCH]

    model.fit(
        generate(),
        steps_per_epoch=STEPS,
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
    )


def train_on_batch(
    model: keras.Model, callbacks: list[Any], x: Any, y: Any
) -> None:
    def train() -> None:
        for i in range(0, len(x), BATCH):
            model.train_on_batch(x[i : i + BATCH], y[i : i + BATCH])

    if not callbacks:
        return train()
    with callbacks[0].watch(model):
        train()


def tape_loop(compiled: bool, jit: bool | None = None) -> Callable[..., None]:
    def run(model: keras.Model, callbacks: list[Any], x: Any, y: Any) -> None:
        def step(x: Any, y: Any) -> None:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
            weights = model.trainable_variables
            gradients = tape.gradient(loss, weights)
            model.optimizer.apply_gradients(
                zip(gradients, weights, strict=True)
            )

        model.optimizer.build(model.trainable_variables)
        if compiled:
            step = tf.function(step, jit_compile=jit)

        def train() -> None:
            for i in range(0, len(x), BATCH):
                step(
                    tf.constant(x[i : i + BATCH]), tf.constant(y[i : i + BATCH])
                )

        if not callbacks:
            return train()
        with callbacks[0].watch(model, model.optimizer):
            train()

    return run


@dataclass(frozen=True)
class Mode:
    """One way to train."""

    name: str
    build: Callable[[], keras.Model] = recurrent
    train: Callable[..., None] = fit
    compile: dict[str, Any] = field(default_factory=dict)
    clipping: dict[str, float] = field(default_factory=dict)
    optimizer: dict[str, Any] = field(default_factory=dict)
    tokens: bool = False
    loss_known: bool = True
    slow: bool = False

    def make(self) -> tuple[keras.Model, Any]:
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        model = self.build()
        x, _ = inputs(self.tokens)
        model(x[:BATCH])
        return model, self.make_optimizer()

    def make_optimizer(self) -> Any:
        arguments = {"learning_rate": 0.05} | self.optimizer
        kind = arguments.pop("kind", keras.optimizers.SGD)
        return kind(**arguments, **self.clipping)

    def weights(self, callbacks: list[Any]) -> list[np.ndarray]:
        model, optimizer = self.make()
        model.compile(optimizer, "mse", **self.compile)
        self.train(model, callbacks, *inputs(self.tokens))
        assert not {"apply", "scale_loss"} & set(vars(model.optimizer))
        assert type(model.train_function).__module__ != (
            "kgrad.sources.train_function"
        )
        state = [variable.numpy() for variable in optimizer.variables]
        return [*model.get_weights(), *state]


ADAM = {"kind": keras.optimizers.Adam}

MODES = [
    Mode("Sequential"),
    Mode("functional", functional),
    Mode("subclassed", Subclassed),
    Mode("own train_step", OwnTrainStep, loss_known=False),
    Mode("two fits", train=fit_twice, optimizer=ADAM),
    Mode("train_on_batch", train=train_on_batch),
    Mode("steps_per_execution", compile={"steps_per_execution": 4}),
    Mode("run_eagerly", compile={"run_eagerly": True}),
    Mode("XLA", compile={"jit_compile": True}, optimizer=ADAM, slow=True),
    Mode(
        "XLA, subclassed, global_clipnorm",
        Subclassed,
        compile={"jit_compile": True},
        clipping={"global_clipnorm": 0.1},
        slow=True,
    ),
    Mode(
        "XLA, embedding",
        embedded,
        tokens=True,
        compile={"jit_compile": True},
        slow=True,
    ),
    Mode(
        "XLA, batch normalisation, clipnorm",
        normalised,
        compile={"jit_compile": True},
        clipping={"clipnorm": 0.1},
        optimizer=ADAM,
        slow=True,
    ),
    Mode("clipnorm", clipping={"clipnorm": 0.1}),
    Mode("global_clipnorm", clipping={"global_clipnorm": 0.1}),
    Mode("clipvalue", clipping={"clipvalue": 0.02}),
    Mode("accumulation", optimizer={"gradient_accumulation_steps": 3}),
    Mode(
        "accumulation, clipnorm",
        optimizer={"gradient_accumulation_steps": 2, **ADAM},
        clipping={"clipnorm": 0.05},
    ),
    Mode(
        "EMA",
        optimizer={
            "use_ema": True,
            "ema_momentum": 0.5,
            "ema_overwrite_frequency": 2,
        },
    ),
    Mode("weight decay", optimizer={"weight_decay": 0.1}),
    Mode(
        "schedule",
        optimizer={
            "learning_rate": keras.optimizers.schedules.ExponentialDecay(
                0.1, 2, 0.5
            )
        },
    ),
    Mode("batch normalisation", normalised, optimizer=ADAM),
    Mode("constraint", constrained),
    Mode("convolution", convolutional),
    Mode("frozen layer", frozen),
    Mode("embedding", embedded, tokens=True),
    Mode(
        "embedding, clipnorm",
        embedded,
        tokens=True,
        optimizer=ADAM,
        clipping={"clipnorm": 0.1},
    ),
    Mode("tf.data", train=fit_dataset),
    Mode("generator", train=fit_generator),
    Mode("tape loop, eager", train=tape_loop(False), loss_known=False),
    Mode("tape loop, tf.function", train=tape_loop(True), loss_known=False),
    Mode(
        "tape loop, XLA",
        train=tape_loop(True, jit=True),
        loss_known=False,
        slow=True,
    ),
]

PARAMETERS = [
    pytest.param(
        mode, id=mode.name, marks=[pytest.mark.slow] if mode.slow else []
    )
    for mode in MODES
]


def monitor_in(folder: Path, **arguments: Any) -> kgrad.GradientMonitor:
    arguments = {"signs": [], "reporters": []} | arguments
    return kgrad.GradientMonitor(folder, **arguments)


@pytest.mark.parametrize("mode", PARAMETERS)
def test_numbers_are_those_of_an_eager_tape(mode: Mode, tmp_path: Path) -> None:
    monitor = monitor_in(tmp_path)
    model, optimizer = mode.make()
    model.compile(optimizer, "mse", **mode.compile)
    x, y = inputs(mode.tokens)
    mode.train(model, [monitor], x, y)
    history = monitor.history

    model, _ = mode.make()
    steps = train_by_tape(
        model.trainable_variables,
        mode.make_optimizer(),
        lambda batch: tf.reduce_mean(
            (model(batch[0], training=True) - batch[1]) ** 2
        ),
        [(x[i : i + BATCH], y[i : i + BATCH]) for i in range(0, len(x), BATCH)],
        mode.optimizer.get("gradient_accumulation_steps", 1),
        **mode.clipping,
    )
    assert list(history.steps) == list(range(1, len(steps) + 1))
    expected = [step.statistics() for step in steps]
    assert set(history.targets) == set(expected[0]["gradient_norm"])
    for statistic in expected[0]:
        want = [[e[statistic][t] for t in history.targets] for e in expected]
        np.testing.assert_allclose(
            history[statistic], want, rtol=2e-4, atol=1e-9, err_msg=statistic
        )
    loss = [step.loss for step in steps]
    if mode.loss_known:
        np.testing.assert_allclose(history.loss, loss, rtol=1e-4)
    else:
        assert np.isnan(history.loss).all()
    assert not history.skipped.any()


@pytest.mark.parametrize("mode", PARAMETERS)
def test_weights_are_bit_identical(mode: Mode, tmp_path: Path) -> None:
    plain = mode.weights([])
    watched = mode.weights([monitor_in(tmp_path)])
    for a, b in zip(plain, watched, strict=True):
        np.testing.assert_array_equal(a, b)
