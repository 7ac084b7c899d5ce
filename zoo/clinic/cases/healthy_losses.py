"""Healthy: losses of several parts, weighted, or with something added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from zoo.clinic import data, flaws
from zoo.clinic.case import Array, Case, Samples, family
from zoo.clinic.networks import adam, convolutions, dense, recurrent
from zoo.clinic.programs import BINARY, CLASSES, NUMBERS, asked_twice

_CONV, _GRU, _WORDS = CLASSES["conv"], CLASSES["gru"], CLASSES["lstm-words"]


def _amounts(size: int) -> Array:
    """What samples are worth: most little, and a few very much."""
    return np.random.default_rng(6).lognormal(3, 1, size).astype(np.float32)


class _Code(layers.Layer):
    """A code drawn around a mean, whose divergence is added to the loss.

    Args:
        size: Numbers of the code.
        share: Weight of the divergence from a normal distribution.
    """

    def __init__(self, size: int, share: float) -> None:
        super().__init__(name="code")
        self.both = layers.Dense(2 * size)
        self.seeds = keras.random.SeedGenerator(1)
        self.share = share

    def call(self, x: Any) -> Any:
        """From `(batch, features)` to `(batch, size)`."""
        mean, log = ops.split(self.both(x), 2, axis=-1)
        divergence = (ops.exp(log) + mean**2 - 1 - log) / 2
        self.add_loss(self.share * ops.mean(ops.sum(divergence, axis=-1)))
        noise = keras.random.normal(ops.shape(mean), seed=self.seeds)
        return mean + ops.exp(log / 2) * noise


def _itself(samples: Samples) -> Samples:
    return replace(samples, y=samples.x, y_validation=samples.x_validation)


def _coded(cell: str) -> Any:
    """Sequences that are coded, and made again from the code."""
    return NUMBERS[f"{cell}-waves"].but(
        hidden=lambda: [
            *recurrent(cell, 24),
            _Code(4, 1e-3),
            layers.RepeatVector(16),
            layers.GRU(24, return_sequences=True, name="decoder"),
        ],
        optimizer=lambda: adam(0.01),
    )(_itself, epochs=12)


def _smaller(x: Array) -> Array:
    """Images of half the size, `(n, 16)`: each pixel a mean of four."""
    means: Array = x.reshape(len(x), 4, 2, 4, 2).mean(axis=(2, 4))
    return means.reshape(len(x), -1)


_IMAGES = NUMBERS["dense"].but(
    data=lambda: flaws.inputs(_smaller)(data.digits()),
    inputs=(16,),
    units=16,
    metrics=("mse",),
    activation="sigmoid",
    loss="binary_crossentropy",
)


def _l2(rate: float, *kernels: str) -> Mapping[str, Any]:
    return {
        f"{kernel}_regularizer": keras.regularizers.L2(rate)
        for kernel in kernels
    }


CASES: list[Case] = [
    *family(
        "several_outputs",
        "tuning",
        {
            "gru": asked_twice(
                _GRU, (1, None, "mse"), lambda x, y: x[:, -3:].sum(axis=1)
            ),
            "bidirectional-words": asked_twice(
                CLASSES["bidirectional-words"],
                (1, "sigmoid", "binary_crossentropy"),
                lambda x, y: y % 2,
            ),
            "conv": asked_twice(
                _CONV,
                (1, None, "mse"),
                lambda x, y: 4 * (x[:, :4] - x[:, 4:]).mean(axis=(1, 2)),
            ),
        },
    ),
    *family(
        "large_weights",
        "scored",
        {
            "gru-rare": _GRU.but(
                data=lambda: flaws.rare(0.06)(data.recent(12, 3000))
            )(epochs=15, fit_with={"class_weight": {0: 3.0, 1: 50.0}}),
            "lstm-amounts": _WORDS(
                epochs=8, fit_with={"sample_weight": _amounts(1200)}
            ),
            "conv-classes": _CONV(
                fit_with={"class_weight": {i: 1.0 + i for i in range(10)}},
            ),
        },
    ),
    *family(
        "regularized",
        "tuning",
        {
            "lstm-l2": CLASSES["gru"].but(
                hidden=lambda: recurrent(
                    "lstm", 16, **_l2(0.01, "kernel", "recurrent")
                ),
                optimizer=lambda: adam(0.01),
            )(epochs=10),
            "gru-activity": _GRU.but(
                hidden=lambda: recurrent(
                    "gru", 16, activity_regularizer=keras.regularizers.L2(0.01)
                )
            )(epochs=10),
            "conv-l1": _CONV.but(
                hidden=lambda: convolutions(
                    kernel_regularizer=keras.regularizers.L1(2e-3)
                )
            )(epochs=10),
            "dense-l2": BINARY["dense"].but(
                hidden=lambda: dense(2, 64, **_l2(0.01, "kernel"))
            )(epochs=15),
        },
    ),
    *family(
        "variational",
        "scored",
        {
            "lstm": _coded("lstm"),
            "gru": _coded("gru"),
            "dense-images": _IMAGES.but(
                hidden=lambda: [
                    *dense(1, 32),
                    _Code(8, 1e-4),
                    layers.Dense(32, activation="relu", name="decoder"),
                ],
            )(_itself, epochs=20),
        },
    ),
    *family(
        "resized_images",
        "tuning",
        {
            "dense": _IMAGES.but(hidden=lambda: dense(1, 32))(
                _itself, epochs=15
            ),
            "lstm-rows": _IMAGES.but(
                hidden=lambda: [
                    layers.Reshape((4, 4)),
                    layers.LSTM(32),
                ]
            )(_itself, epochs=15),
        },
    ),
]
