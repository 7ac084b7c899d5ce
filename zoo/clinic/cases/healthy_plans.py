"""Healthy: small rates, frozen layers and rare classes, as they should be."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from zoo.clinic import data, flaws
from zoo.clinic.case import Case, Samples, family
from zoo.clinic.networks import adam, convolutions, cosine, dense, recurrent
from zoo.clinic.programs import BINARY, CLASSES, Program

_CONV, _GRU, _WORDS = CLASSES["conv"], CLASSES["gru"], CLASSES["lstm-words"]


def _rarely(size: int = 3000, length: int = 12) -> Samples:
    """A class of some 7 % that is likelier after large inputs, never likely.

    P(1) = 0.45 sigmoid(3.5 s - 4), where s is the sum of the last three inputs
    with variance 1: no sample is more probably of the class than not.
    """
    rng = np.random.default_rng(0)
    samples = data.recent(length, size)
    both = np.concatenate([samples.x, samples.x_validation])
    score = both[:, -3:, 0].sum(axis=1) / np.sqrt(3)
    likely = 0.45 / (1 + np.exp(4 - 3.5 * score))
    y = (rng.random(len(both)) < likely).astype(np.int32)
    return Samples(both[:size], y[:size], both[size:], y[size:])


def _unsure(program: Program) -> Any:
    return program.but(
        data=_rarely,
        inputs=(12, 1),
        metrics=("accuracy", "AUC"),
        optimizer=lambda: adam(0.01),
    )(epochs=8, batch_size=128)


def _warmed_up(program: Program, rate: float, updates: int) -> Any:
    """From 0 in the first quarter, and back to it in the rest."""
    return program.but(
        optimizer=lambda: adam(
            cosine(
                0.0,
                decay_steps=updates - updates // 4,
                warmup_target=rate,
                warmup_steps=updates // 4,
            )
        )
    )(epochs=8)


def _trained(program: Program) -> keras.Model:
    """A model that has learned its task on data of its own."""
    model, samples = program.build(), program.data()
    model.fit(samples.x, samples.y, 32, epochs=program.epochs, verbose=0)
    return model


def _fine_tuned(program: Program, rate: float) -> Any:
    """A trained model, trained on at a rate that hardly moves it."""
    tuned = program.but(optimizer=lambda: adam(rate))
    return program(build=lambda: tuned.compile(_trained(program)), epochs=4)


def _on_top(program: Program) -> Any:
    """Another last layer for the trained ones, which are frozen."""

    def build() -> keras.Model:
        below = _trained(program).layers[:-1]
        for layer in below:
            layer.trainable = False
        readout = layers.Dense(
            program.units, activation=program.activation, name="other_readout"
        )
        stack = [layers.Input(program.inputs, dtype=program.dtype), *below]
        return program.compile(keras.Sequential([*stack, readout]))

    return program(build=build, epochs=8)


def _normalized(program: Program) -> Program:
    """Moving statistics behind the hidden layers, which settle at once."""
    return program.but(
        hidden=lambda: [
            *program.hidden(),
            layers.BatchNormalization(momentum=0.9),
        ]
    )


CASES: list[Case] = [
    *family(
        "rare_and_unsure",
        "tuning",
        {
            "gru": _unsure(BINARY["gru"]),
            "lstm": _unsure(
                BINARY["gru"].but(hidden=lambda: recurrent("lstm", 16))
            ),
            "dense": _unsure(
                BINARY["dense"].but(
                    hidden=lambda: [layers.Flatten(), *dense(1)]
                )
            ),
        },
    ),
    *family(
        "balanced_validation",
        "scored",
        {
            "gru": _GRU.but(data=lambda: data.recent(12, 4000))(
                flaws.both(flaws.rare(0.1), flaws.noisy(0.4)), epochs=12
            ),
            "lstm-words": BINARY["lstm-words"].but(
                data=lambda: data.topics(3000, classes=2)
            )(flaws.rare(0.1), epochs=12),
            "dense": BINARY["dense"].but(data=lambda: data.circles(4000))(
                flaws.both(flaws.rare(0.1), flaws.noisy(0.15)), epochs=12
            ),
        },
    ),
    *family(
        "warmed_up",
        "tuning",
        {
            "lstm-words": _warmed_up(_WORDS, 0.02, 304),
            "gru": _warmed_up(_GRU, 0.02, 400),
            "conv": _warmed_up(_CONV, 0.01, 304),
            "dense": _warmed_up(BINARY["dense"], 0.03, 304),
        },
    ),
    *family(
        "fine_tuned",
        "scored",
        {
            "gru": _fine_tuned(_GRU, 2e-5),
            "lstm-words": _fine_tuned(_WORDS, 1e-5),
            "conv": _fine_tuned(_CONV, 1e-6),
        },
    ),
    *family(
        "frozen_batchnorm",
        "tuning",
        {
            "lstm-words": _on_top(_normalized(_WORDS)),
            "conv": _on_top(_normalized(_CONV)),
            "gru-first": _GRU.but(
                hidden=lambda: [
                    layers.BatchNormalization(trainable=False),
                    *recurrent("gru", 16),
                ]
            )(),
        },
    ),
    *family(
        "pixels",
        "scored",
        {
            "lstm-rows": _CONV.but(
                inputs=(8, 8),
                hidden=lambda: [
                    layers.Rescaling(1 / 255),
                    *recurrent("lstm", 24),
                ],
                optimizer=lambda: adam(0.01),
            )(flaws.inputs(lambda x: 255 * x[..., 0]), epochs=10),
            "conv-resized": _CONV.but(
                hidden=lambda: [
                    layers.Resizing(12, 12),
                    layers.Rescaling(1 / 127.5, offset=-1),
                    *convolutions(),
                ]
            )(flaws.inputs(flaws.times(255.0))),
            "gru-lambda": _CONV.but(
                inputs=(8, 8),
                hidden=lambda: [
                    layers.Lambda(lambda x: x / 255),
                    *recurrent("gru", 24),
                ],
                optimizer=lambda: adam(0.01),
            )(flaws.inputs(lambda x: 255 * x[..., 0]), epochs=10),
        },
    ),
]
