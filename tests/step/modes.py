"""Small models and ways to train them, for tests of every mode."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

BATCH, STEPS, LENGTH, TOKENS = 4, 6, 4, 7


def inputs(tokens: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    n = BATCH * STEPS
    x = rng.standard_normal((n, LENGTH, 3)).astype(np.float32)
    if tokens:
        x = rng.integers(0, TOKENS, (n, LENGTH))
    return x, rng.standard_normal((n, 2)).astype(np.float32)


def recurrent() -> keras.Model:
    return keras.Sequential(
        [layers.Input((LENGTH, 3)), layers.SimpleRNN(4), layers.Dense(2)]
    )


def gated() -> keras.Model:
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


class Unused(keras.Model):
    """Trains one of its two layers only; `OwnTrainStep` says nothing of it."""

    def __init__(self) -> None:
        super().__init__()
        self.used = layers.Dense(2)
        self.unused = self.add_weight(shape=(3,), name="unused")

    def call(self, x: Any) -> Any:
        return self.used(layers.Flatten()(x))


class LossOfItsOwn(keras.Model):
    """Weights that the loss holds outright, with a gradient by products."""

    def __init__(self) -> None:
        super().__init__()
        self.readout = layers.Dense(2, kernel_regularizer="l2")
        self.table = self.add_weight(
            shape=(5, 3), name="table", initializer="ones", regularizer="l2"
        )
        self.log_noise = self.add_weight(shape=(), name="log_noise")

    def call(self, x: Any) -> Any:
        return self.readout(layers.Flatten()(x))

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = own_loss(self, x, y)
        weights = self.trainable_weights
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": loss}


def own_loss(model: Any, x: Any, y: Any) -> Any:
    error = tf.reduce_mean((model(x, training=True) - y) ** 2)
    noise = tf.exp(-model.log_noise)
    return noise * (error + sum(model.losses)) + model.log_noise


def squared_error(model: Any, x: Any, y: Any) -> Any:
    return tf.reduce_mean((model(x, training=True) - y) ** 2)


def frozen() -> keras.Model:
    model = recurrent()
    model.layers[0].trainable = False
    return model


def embedded() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((LENGTH,), dtype="int32"),
            layers.Embedding(TOKENS, 3),
            layers.SimpleRNN(3),
            layers.Dense(2),
        ]
    )


def normalized() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((LENGTH, 3)),
            layers.SimpleRNN(4),
            layers.BatchNormalization(),
            layers.Dense(2),
        ]
    )


def half_precision() -> keras.Model:
    policy = "mixed_float16"
    return keras.Sequential(
        [
            layers.Input((LENGTH, 3)),
            layers.SimpleRNN(4, dtype=policy),
            layers.Dense(2, dtype=policy),
            layers.Activation("linear", dtype="float32"),
        ]
    )


def loss_scaled(initial_scale: float, **arguments: Any) -> Any:
    return keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(**arguments), initial_scale=initial_scale
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
    loss: Callable[..., Any] = squared_error
    tokens: bool = False
    tolerance: float = 2e-4
    loss_known: bool = True
    slow: bool = False

    @property
    def sampled(self) -> bool:
        """Whether its samples have a layer or a loss to tell of."""
        return self.build is not LossOfItsOwn

    def make(self) -> tuple[keras.Model, Any]:
        keras.backend.clear_session(free_memory=False)
        keras.utils.set_random_seed(1)
        model = self.build()
        x, _ = inputs(self.tokens)
        model(x[:BATCH])
        return model, self.make_optimizer()

    def make_optimizer(self) -> Any:
        arguments = {"learning_rate": 0.05} | self.optimizer
        kind = arguments.pop("kind", keras.optimizers.SGD)
        return kind(**arguments, **self.clipping)

    @cached_property
    def plain(self) -> list[np.ndarray]:
        """What training comes to when nobody watches; trained once."""
        return self.run([])

    def run(self, callbacks: list[Any]) -> list[np.ndarray]:
        """Trains; the weights and the state of the optimizer afterwards."""
        model, optimizer = self.make()
        model.compile(optimizer, "mse", **self.compile)
        self.train(model, callbacks, *inputs(self.tokens))
        return state(model)


EACH_PUSH = {
    "Sequential",
    "subclassed",
    "own train_step",
    "two fits",
    "train_on_batch",
    "steps_per_execution",
    "run_eagerly",
    "XLA",
    "clipnorm",
    "global_clipnorm",
    "accumulation, clipnorm",
    "mixed_float16, overflow, clipnorm",
    "batch normalization",
    "frozen layer",
    "loss of its own",
    "embedding, clipnorm",
    "tf.data",
    "tape loop, tf.function",
}
"""What has code of its own in the step; the others are for `make test-all`."""


def parameters(each_push: Collection[str] = EACH_PUSH) -> list[Any]:
    """Every mode, for a test; those that are not in `each_push` as `full`."""
    return [_parameter(mode, mode.name in each_push) for mode in MODES]


def _parameter(mode: Mode, each_push: bool) -> Any:
    """In one process with all that share its plain training."""
    marks = [pytest.mark.xdist_group(mode.name)]
    if mode.slow:
        marks.append(pytest.mark.slow)
    if not each_push:
        marks.append(pytest.mark.full)
    return pytest.param(mode, id=mode.name, marks=marks)


def state(model: keras.Model) -> list[np.ndarray]:
    optimizer = [variable.numpy() for variable in model.optimizer.variables]
    return [*model.get_weights(), *optimizer]


ADAM = {"kind": keras.optimizers.Adam}
SCALED = {"kind": loss_scaled, "initial_scale": 2.0**10}
OVERFLOWING = {"kind": loss_scaled, "initial_scale": 2.0**20}

MODES = [
    Mode("Sequential", gated),
    Mode("functional", functional),
    Mode("subclassed", Subclassed),
    Mode("own train_step", OwnTrainStep, loss_known=False),
    Mode("two fits", train=fit_twice, optimizer=ADAM),
    Mode("train_on_batch", train=train_on_batch),
    Mode("steps_per_execution", compile={"steps_per_execution": 4}),
    Mode("run_eagerly", compile={"run_eagerly": True}),
    Mode(
        "XLA", gated, compile={"jit_compile": True}, optimizer=ADAM, slow=True
    ),
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
        "XLA, batch normalization, clipnorm",
        normalized,
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
    Mode("mixed_float16", half_precision, optimizer=SCALED, tolerance=0.01),
    Mode(
        "mixed_float16, overflow, clipnorm",
        half_precision,
        optimizer=OVERFLOWING,
        clipping={"clipnorm": 0.1},
        tolerance=0.01,
    ),
    Mode(
        "XLA, mixed_float16, overflow",
        half_precision,
        compile={"jit_compile": True},
        optimizer=OVERFLOWING,
        tolerance=0.01,
        slow=True,
    ),
    Mode("batch normalization", normalized, optimizer=ADAM),
    Mode("constraint", constrained),
    Mode("convolution", convolutional),
    Mode("frozen layer", frozen),
    Mode("loss of its own", LossOfItsOwn, loss=own_loss, loss_known=False),
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
