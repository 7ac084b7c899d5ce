"""Healthy: outputs, losses and targets that only look wrong."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from zoo.clinic import data, flaws
from zoo.clinic.case import Array, Case, Samples, family
from zoo.clinic.networks import adam, dense, recurrent
from zoo.clinic.programs import (
    BINARY,
    CLASSES,
    NUMBERS,
    Flaw,
    Program,
)

_DENSE, _CONV, _GRU = CLASSES["dense"], CLASSES["conv"], CLASSES["gru"]
_LINE, _WAVES = NUMBERS["dense"], NUMBERS["gru-waves"]
_CROSSENTROPY = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _from_logits_by_hand(y: Any, z: Any) -> Any:
    y = ops.one_hot(ops.reshape(ops.cast(y, "int32"), (-1,)), z.shape[-1])
    return -ops.sum(y * ops.log_softmax(z), axis=-1)


def _squashed(low: float, high: float) -> Flaw:
    """Targets brought into a range."""

    def change(y: Array) -> Array:
        z = (y - y.min()) / (y.max() - y.min())
        return np.asarray(low + (high - low) * z, np.float32)

    return flaws.targets(change)


def _attention(cell: str) -> keras.Model:
    """A weight for each step: one unit, and a softmax along time."""
    program = CLASSES["lstm-words"]
    words = layers.Input((12,), dtype="int32")
    states = layers.Embedding(60, 12)(words)
    for layer in recurrent(cell, 16, return_sequences=True):
        states = layer(states)
    scores = layers.Softmax(axis=1)(layers.Dense(1, name="scores")(states))
    read = layers.Dot(axes=1)([scores, states])
    outputs = layers.Dense(3, activation="softmax", name="readout")(
        layers.Flatten()(read)
    )
    return program.compile(keras.Model(words, outputs))


def _smoothed(classes: int) -> Flaw:
    """Labels that are a little unsure, as after distillation."""
    return flaws.both(
        flaws.one_hot(classes),
        flaws.targets(lambda y: 0.8 * y + np.float32(0.2 / classes)),
    )


def _questions(samples: Samples) -> Samples:
    """Three questions that do not exclude each other."""

    def rows(x: Array) -> Array:
        parts = x.reshape(len(x), -1)
        third = parts.shape[1] // 3
        return np.stack(
            [
                parts[:, i * third : (i + 1) * third].sum(axis=1) > 0
                for i in range(3)
            ],
            axis=1,
        ).astype(np.float32)

    return Samples(
        samples.x,
        rows(samples.x),
        samples.x_validation,
        rows(samples.x_validation),
    )


def _itself(samples: Samples) -> Samples:
    """The target is the input."""
    return Samples(
        samples.x, samples.x, samples.x_validation, samples.x_validation
    )


def _spelled(size: int = 1200, length: int = 12) -> Samples:
    """Two letters, each a few steps long, somewhere: `(n, 2)` to spell."""
    rng = np.random.default_rng(0)
    total = size + data.VALIDATION
    y = rng.integers(1, 4, (total, 2))
    x = rng.normal(0, 0.1, (total, length, 3))
    for letter, start in ((0, 1), (1, 7)):
        at = start + rng.integers(0, 2, total)
        for step in range(2):
            x[np.arange(total), at + step, y[:, letter] - 1] += 1
    x, y = x.astype(np.float32), y.astype(np.int32)
    return Samples(x[:size], y[:size], x[size:], y[size:])


def _ctc(cell: str) -> keras.Model:
    """Says blank only, at first."""
    return Program(
        data=_spelled,
        inputs=(12, 3),
        hidden=lambda: recurrent(cell, 24, return_sequences=True),
        units=4,
        activation=None,
        loss=keras.losses.CTC(),
        metrics=(),
        optimizer=lambda: adam(0.01),
    ).build()


def _hinge(program: Program, loss: str, activation: str | None) -> Any:
    return program.but(loss=loss, activation=activation, metrics=())(
        flaws.targets(lambda y: (2 * y - 1).astype(np.float32))
    )


CASES: list[Case] = [
    *family(
        "from_logits",
        "scored",
        {
            "conv": _CONV.but(activation=None, loss=_CROSSENTROPY)(),
            "dense-by-hand": _DENSE.but(
                activation=None, loss=_from_logits_by_hand
            )(),
            "lstm-binary": BINARY["lstm-words"].but(
                activation=None,
                loss=keras.losses.BinaryCrossentropy(from_logits=True),
            )(),
        },
    ),
    # Keras warns, finds the logits and takes them: on TensorFlow it is one.
    *family(
        "softmax_and_from_logits",
        "scored",
        {
            name: CLASSES[name].but(loss=_CROSSENTROPY)()
            for name in ("conv", "bidirectional-words")
        },
        may={"output_and_loss"},
    ),
    *family(
        "bounded_targets",
        "tuning",
        {
            "sigmoid": _LINE.but(activation="sigmoid")(_squashed(0.05, 0.95)),
            "tanh": _WAVES.but(activation="tanh")(_squashed(-0.9, 0.9)),
            "relu": NUMBERS["conv-waves"].but(activation="relu")(
                _squashed(0.5, 4.0)
            ),
            "lstm-last": NUMBERS["lstm-waves"].but(
                hidden=lambda: [
                    *recurrent("lstm", 16, return_sequences=True),
                    layers.LSTM(1, name="last"),
                ],
                units=0,
            )(_squashed(-0.7, 0.7), epochs=12),
        },
    ),
    *family(
        "targets_of_thousands",
        "scored",
        {
            name: program.but(
                hidden=lambda program=program: [
                    *program.hidden(),
                    layers.Dense(1, name="unscaled"),
                    layers.Rescaling(1e3),
                ],
                units=0,
            )(flaws.targets(flaws.times(1e3)))
            for name, program in (("dense", _LINE), ("gru", _WAVES))
        }
        | {
            "dense-adam": _LINE.but(optimizer=lambda: adam(0.5))(
                flaws.targets(flaws.times(1e3)), epochs=12
            )
        },
    ),
    *family(
        "blank_first",
        "tuning",
        {
            cell: {"build": lambda cell=cell: _ctc(cell), "data": _spelled}
            for cell in ("lstm", "gru")
        },
        epochs=20,
    ),
    *family(
        "attention",
        "tuning",
        {
            cell: {
                "build": lambda cell=cell: _attention(cell),
                "data": CLASSES["lstm-words"].data,
            }
            for cell in ("lstm", "gru")
        },
        epochs=8,
    ),
    *family(
        "hinge",
        "scored",
        {
            "dense": _hinge(BINARY["dense"], "hinge", "tanh"),
            "conv": _hinge(BINARY["conv"], "squared_hinge", None),
            "gru": _hinge(BINARY["gru"], "hinge", None),
        },
    ),
    *family(
        "soft_targets",
        "tuning",
        {
            name: program.but(loss="categorical_crossentropy")(
                _smoothed(program.units)
            )
            for name, program in (("conv", _CONV), ("dense", _DENSE))
        },
    ),
    *family(
        "several_labels",
        "scored",
        {
            name: program.but(
                units=3,
                activation="sigmoid",
                loss="binary_crossentropy",
                metrics=("binary_accuracy",),
            )(_questions, epochs=10)
            for name, program in (
                ("dense", _LINE),
                ("gru", CLASSES["gru"]),
            )
        },
    ),
    *family(
        "autoencoder",
        "tuning",
        {
            "dense": _LINE.but(
                data=lambda: flaws.inputs(lambda x: x.reshape(-1, 64))(
                    data.digits()
                ),
                inputs=(64,),
                hidden=lambda: dense(1, 32),
                units=64,
            )(_itself, epochs=15),
            "lstm": NUMBERS["lstm-waves"].but(
                hidden=lambda: [
                    layers.LSTM(24),
                    layers.RepeatVector(16),
                    layers.LSTM(24, return_sequences=True),
                ]
            )(_itself, epochs=15),
        },
    ),
    *family(
        "squared_error_of_classes",
        "tuning",
        {
            "conv": _CONV.but(loss="mse")(flaws.one_hot(10)),
            "dense": _DENSE.but(loss="mse")(flaws.one_hot(3)),
        },
    ),
]
