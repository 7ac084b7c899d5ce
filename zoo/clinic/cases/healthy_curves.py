"""Healthy: runs whose loss curve looks sick to a simple rule."""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers

from zoo.clinic import data
from zoo.clinic.case import Case, family
from zoo.clinic.networks import (
    adam,
    classifier,
    convolutions,
    cosine,
    dense,
    recurrent,
    regressor,
    sgd,
)
from zoo.clinic.problems import blobs, circles, digits, line, order, recent

CASES: list[Case] = [
    *family(
        "early",
        "tuning",
        {
            "dense": circles(lambda: (dense(2), "adam")),
            "conv": digits(lambda: (convolutions(), "adam")),
            "lstm": {
                "build": lambda: regressor((50, 2), recurrent("lstm")),
                "data": lambda: data.sequences("adding", 50),
                "lag": 49,
                "chance": {"mse": 1 / 6},
            },
            "gru": order(lambda: (recurrent("gru"), "adam")),
        },
        epochs=2,
    ),
    *family(
        "decayed",
        "scored",
        {
            "dense": circles(lambda: (dense(2), adam(cosine(0.01, 1000)))),
            "conv": digits(lambda: (convolutions(), sgd(cosine(0.1, 760)))),
            "gru": recent(lambda: (recurrent("gru"), adam(cosine(0.01, 1260)))),
        },
        epochs=20,
    ),
    *family(
        "converged",
        "tuning",
        {
            "blobs": blobs(
                lambda: (dense(2), adam(0.01)),
                data=lambda: data.blobs(spread=0.5),
            ),
            "line": line(lambda: (dense(1), adam(0.01)), chance={"mse": 1.0}),
            "rnn": {
                "build": lambda: classifier(
                    (20, 1), recurrent("simple_rnn"), 2, adam(0.005)
                ),
                "data": lambda: data.recent(20),
            },
        },
        epochs=30,
    ),
    *family(
        "small_validation",
        "scored",
        {
            "circles": circles(
                lambda: (dense(2), adam(0.01)),
                data=lambda: data.few(data.circles(), 1600, 30),
            ),
            "conv": digits(
                lambda: (convolutions(), "adam"),
                data=lambda: data.few(data.digits(), 1200, 30),
            ),
            "lstm": recent(
                lambda: (recurrent("lstm"), adam(0.005)),
                data=lambda: data.few(data.recent(), 2000, 30),
            ),
        },
        epochs=20,
    ),
    *family(
        "small_batches",
        "tuning",
        {
            "circles": circles(lambda: (dense(2), adam(1e-3))),
            "line": line(lambda: (dense(1), sgd(0.01)), chance={"mse": 1.0}),
            "gru": {
                "build": lambda: classifier(
                    (20, 1), recurrent("gru"), 2, adam(1e-3)
                ),
                "data": lambda: data.recent(20),
            },
        },
        batch_size=4,
        epochs=6,
    ),
    *family(
        "hard_task",
        "scored",
        {
            "overlapping-blobs": blobs(
                lambda: (dense(2), adam(0.01)),
                data=lambda: data.blobs(spread=4.0),
            ),
            "noisy-line": line(
                lambda: (dense(1), adam(0.01)),
                data=lambda: data.line(noise=0.5),
                chance={"mse": 1.25},
            ),
            "some-wrong-labels": circles(
                lambda: (dense(2), adam(0.01)),
                data=lambda: data.mislabeled(data.circles(), 0.3),
            ),
        },
        epochs=10,
    ),
    *family(
        "sparse_embedding",
        "scored",
        {
            cell: {
                "build": lambda cell=cell: classifier(
                    (20,),
                    [
                        layers.Embedding(2000, 16, name="embedding"),
                        *recurrent(cell),
                    ],
                    2,
                    adam(3e-3),
                    dtype="int32",
                )
            }
            for cell in ("simple_rnn", "lstm", "gru")
        },
        data=lambda: data.words(8000),
        epochs=3,
    ),
    *family(
        "mixed_precision",
        "tuning",
        {
            "dense": {
                "build": lambda: _half_precision(
                    lambda: classifier((2,), dense(2), 2, _scaled_adam())
                ),
                "data": data.circles,
            },
            "conv": {
                "build": lambda: _half_precision(
                    lambda: classifier(
                        (8, 8, 1), convolutions(), 10, _scaled_adam()
                    )
                ),
                "data": data.digits,
            },
            "lstm": {
                "build": lambda: _half_precision(
                    lambda: classifier(
                        (30, 1), recurrent("lstm"), 2, _scaled_adam()
                    )
                ),
                "data": data.recent,
            },
        },
        epochs=10,
    ),
]


def _half_precision(build: Callable[[], keras.Model]) -> keras.Model:
    """A model of float16 layers; the policy of the program is restored."""
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        return build()
    finally:
        keras.mixed_precision.set_dtype_policy(before)


def _scaled_adam() -> keras.optimizers.Optimizer:
    """Its first scale overflows, as scales do every now and then."""
    return keras.optimizers.LossScaleOptimizer(
        adam(0.005), initial_scale=2.0**24, dynamic_growth_steps=150
    )
