"""Client programs, after the shapes of published ones, as small as they go.

Each is a function that builds a model, and one that trains it with a monitor
or without.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.loops.custom_models import (
    Ctc,
    Distiller,
    Feedback,
    TextGenerator,
    Vae,
    Wgan,
)

BATCH = 8
ROWS = 32


@dataclass(frozen=True)
class Program:
    """How to build a model and to train it.

    Args:
        build: Makes the model, compiled.
        train: Trains it; takes the model and a monitor, or None.
        recurrent: Names of the layers that have profiles.
        saves: Whether the model can be saved and cloned.
    """

    build: Callable[[], Any]
    train: Callable[[Any, Any], None]
    recurrent: tuple[str, ...] = ()
    saves: bool = True


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(ROWS, *shape)).astype("float32")


def tokens(*shape: int, vocabulary: int = 7) -> np.ndarray:
    return np.random.default_rng(0).integers(1, vocabulary, (ROWS, *shape))


def fits(*data: Any, times: int = 1, **arguments: Any) -> Callable[..., None]:
    def train(model: Any, monitor: Any) -> None:
        callbacks = [] if monitor is None else [monitor]
        for _ in range(times):
            model.fit(
                *data,
                batch_size=BATCH,
                shuffle=False,
                verbose=0,
                callbacks=callbacks,
                **arguments,
            )

    return train


def addition() -> Any:
    """Keras' addition RNN: `fit(epochs=1)` in a loop."""
    model = keras.Sequential(
        [
            keras.Input((4, 7)),
            keras.layers.LSTM(3, name="encoder"),
            keras.layers.RepeatVector(2),
            keras.layers.LSTM(3, return_sequences=True, name="decoder"),
            keras.layers.Dense(7, activation="softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def attention() -> Any:
    """An encoder and a decoder with attention, teacher-forced."""
    source = keras.Input((4,), dtype="int32")
    target = keras.Input((3,), dtype="int32")
    embedded = keras.layers.Embedding(7, 3, mask_zero=True)
    outputs, *state = keras.layers.GRU(
        3, return_sequences=True, return_state=True, name="encoder"
    )(embedded(source))
    decoded = keras.layers.GRU(3, return_sequences=True, name="decoder")(
        embedded(target), initial_state=state
    )
    context = keras.layers.Attention()([decoded, outputs])
    joined = keras.layers.Concatenate()([decoded, context])
    logits = keras.layers.Dense(7, activation="softmax")(joined)
    model = keras.Model([source, target], logits)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def conv_lstm() -> Any:
    model = keras.Sequential(
        [
            keras.Input((3, 4, 4, 1)),
            keras.layers.ConvLSTM2D(2, 2, name="rnn"),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    model.compile("rmsprop", "mse")
    return model


def recurrent(**arguments: Any) -> Any:
    model = keras.Sequential(
        [
            keras.Input((5, 2)),
            keras.layers.GRU(3, name="rnn"),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", **arguments)
    return model


def stateful() -> Any:
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(BATCH, 5, 2)),
            keras.layers.LSTM(3, stateful=True, name="rnn"),
            keras.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    return model


def transfer() -> Any:
    """A body that is frozen, and a head that is trained."""
    body = keras.Sequential(
        [keras.Input((5, 2)), keras.layers.GRU(3, name="body")]
    )
    body.trainable = False
    model = keras.Sequential([body, keras.layers.Dense(1, name="head")])
    model.compile("adam", "mse")
    return model


def sessions(model: Any, monitor: Any) -> None:
    """Five short fits, each after `clear_session`."""
    for _ in range(5):
        keras.backend.clear_session()
        fits(numbers(5, 2), numbers(1))(model, monitor)


def mixed() -> Any:
    """A loop with a scaled loss."""
    model = recurrent()
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01))
    model.compile(scaled, "mse")
    return model


def scaled_loop(model: Any, monitor: Any) -> None:
    x, y, optimizer = numbers(5, 2), numbers(1), model.optimizer

    @tf.function
    def step(x: Any, y: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
            scaled = optimizer.scale_loss(loss)
        weights = model.trainable_variables
        optimizer.apply(tape.gradient(scaled, weights), weights)

    with nullcontext() if monitor is None else monitor.watch(model):
        for i in range(0, ROWS, BATCH):
            step(tf.constant(x[i : i + BATCH]), tf.constant(y[i : i + BATCH]))


def actor_critic() -> Any:
    inputs = keras.Input((4,))
    common = keras.layers.Dense(5, activation="relu")(inputs)
    heads = [
        keras.layers.Dense(2, activation="softmax")(common),
        keras.layers.Dense(1)(common),
    ]
    model = keras.Model(inputs, heads)
    model.optimizer = keras.optimizers.Adam(0.01)
    return model


def episodes(model: Any, monitor: Any) -> None:
    """One step an episode, of eager calls on one tape."""
    states = numbers(4)
    with nullcontext() if monitor is None else monitor.watch(model):
        for episode in range(4):
            with tf.GradientTape() as tape:
                losses = []
                for state in states[episode * 3 : episode * 3 + 3]:
                    actions, value = model(state[tf.newaxis])
                    advantage = 1.0 - value[0, 0]
                    losses.append(
                        -tf.math.log(actions[0, 0]) * advantage + advantage**2
                    )
                loss = sum(losses)
            weights = model.trainable_variables
            gradients = tape.gradient(loss, weights)
            model.optimizer.apply_gradients(
                zip(gradients, weights, strict=True)
            )


def sequences() -> tuple[Any, Any]:
    return numbers(5, 2), numbers(1)


PROGRAMS: dict[str, Program] = {
    "addition": Program(
        addition,
        fits(
            keras.utils.to_categorical(tokens(4), 7),
            keras.utils.to_categorical(tokens(2), 7),
            times=3,
        ),
        ("encoder", "decoder"),
    ),
    "attention": Program(
        attention,
        fits([tokens(4), tokens(3)], tokens(3)),
        ("encoder", "decoder"),
    ),
    "text_generation": Program(
        TextGenerator.made, fits(tokens(5), tokens(5)), ("rnn",), saves=False
    ),
    "ctc": Program(
        Ctc.made, fits([numbers(6, 3), tokens(2)]), ("rnn",), saves=False
    ),
    "conv_lstm": Program(
        conv_lstm, fits(numbers(3, 4, 4, 1), numbers(1)), ("rnn",)
    ),
    "wgan_gp": Program(Wgan.made, fits(numbers(3)), saves=False),
    "vae": Program(Vae.made, fits(numbers(6)), saves=False),
    "distillation": Program(
        Distiller.made, fits(*sequences()), ("student",), saves=False
    ),
    "actor_critic": Program(actor_critic, episodes),
    "feedback": Program(
        Feedback.made, fits(numbers(5, 2), numbers(4, 2)), ("rnn",), saves=False
    ),
    "mixed_precision_loop": Program(mixed, scaled_loop, ("rnn",)),
    "stateful": Program(stateful, fits(*sequences(), times=2), ("rnn",)),
    "transfer": Program(transfer, fits(*sequences())),
    "steps_per_execution": Program(
        lambda: recurrent(steps_per_execution=2), fits(*sequences()), ("rnn",)
    ),
    "short_fits": Program(recurrent, sessions, ("rnn",)),
}
