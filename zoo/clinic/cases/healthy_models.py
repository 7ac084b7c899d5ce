"""Healthy: models that solve their tasks, of every kind."""

from __future__ import annotations

from keras import layers

from zoo.clinic import data
from zoo.clinic.case import Case, family
from zoo.clinic.networks import (
    adam,
    classifier,
    convolutions,
    dense,
    recurrent,
    regressor,
    sgd,
)
from zoo.clinic.problems import blobs, circles, digits, line, recent

CELLS = ("simple_rnn", "lstm", "gru")

CASES: list[Case] = [
    *family(
        "plain_dense",
        "tuning",
        {
            "circles-relu": circles(lambda: (dense(2), adam(0.01))),
            "circles-tanh-sgd": circles(
                lambda: (dense(2, activation="tanh"), sgd(0.3))
            ),
            "blobs-deep": blobs(lambda: (dense(6), adam(3e-3))),
            "line": line(lambda: (dense(2), adam(0.01)), chance={"mse": 1.0}),
        },
    ),
    *family(
        "plain_conv",
        "scored",
        {
            "adam": digits(lambda: (convolutions(), adam(3e-3))),
            "sgd": digits(lambda: (convolutions(), sgd(0.1, momentum=0.9))),
            "tanh": digits(lambda: (convolutions("tanh"), adam(3e-3))),
        },
    ),
    *family(
        "recent_memory",
        "scored",
        {
            cell: {
                "build": lambda cell=cell: classifier(
                    (40, 1), recurrent(cell), 2, adam(5e-3)
                )
            }
            for cell in CELLS
        },
        data=lambda: data.recent(40),
    ),
    *family(
        "gated_long_memory",
        "tuning",
        {
            f"order-{cell}": {
                "build": lambda cell=cell: classifier(
                    (30, 6), recurrent(cell, 32), 4, adam(5e-3)
                ),
                "data": lambda: data.sequences("temporal_order", 30, 4000),
                "lag": 26,
            }
            for cell in ("lstm", "gru")
        }
        | {
            f"adding-{cell}": {
                "build": lambda cell=cell: regressor(
                    (30, 2), recurrent(cell, 32), adam(0.01)
                ),
                "data": lambda: data.sequences("adding", 30, 4000),
                "lag": 29,
                "chance": {"mse": 1 / 6},
            }
            for cell in ("lstm", "gru")
        },
        epochs=12,
    ),
    *family(
        "clipped",
        "tuning",
        {
            f"order-{cell}": {
                "build": lambda cell=cell: classifier(
                    (20, 6),
                    recurrent(cell, 32),
                    4,
                    adam(5e-3, global_clipnorm=1.0),
                ),
                "data": lambda: data.sequences("temporal_order", 20, 4000),
                "lag": 17,
            }
            for cell in CELLS
        },
        epochs=12,
    ),
    *family(
        "parity",
        "scored",
        {
            cell: {
                "build": lambda cell=cell: classifier(
                    (10, 2),
                    recurrent(cell, 32, return_sequences=True),
                    2,
                    adam(0.01),
                )
            }
            for cell in CELLS
        },
        data=lambda: data.sequences("parity", 10, 4000),
        lag=9,
        epochs=15,
    ),
    *family(
        "dropout",
        "scored",
        {
            "dense": circles(
                lambda: ([*dense(2, 64), layers.Dropout(0.5)], adam(0.01))
            ),
            "conv": digits(
                lambda: (
                    [*convolutions(filters=16), layers.Dropout(0.5)],
                    adam(3e-3),
                )
            ),
            "gru": {
                "build": lambda: classifier(
                    (20, 1),
                    recurrent("gru", dropout=0.1, recurrent_dropout=0.1),
                    2,
                    adam(5e-3),
                ),
                "data": lambda: data.recent(20),
            },
        },
    ),
    *family(
        "batchnorm",
        "tuning",
        {
            "dense": circles(
                lambda: ([*dense(2), layers.BatchNormalization()], adam(3e-3))
            ),
            "conv": digits(
                lambda: (
                    [*convolutions(), layers.BatchNormalization()],
                    adam(3e-3),
                )
            ),
            "lstm": recent(
                lambda: (
                    [*recurrent("lstm"), layers.BatchNormalization()],
                    adam(3e-3),
                )
            ),
        },
    ),
]
