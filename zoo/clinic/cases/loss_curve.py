"""Sick: a loss that swings, falls off a cliff, stalls or memorizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import layers

from zoo.clinic import data
from zoo.clinic.case import ANY_TIME, Case, Samples, family
from zoo.clinic.networks import (
    adam,
    classifier,
    convolutions,
    dense,
    recurrent,
    sgd,
)
from zoo.clinic.problems import blobs, circles, digits, line, recent

_SWINGS = {
    "large_updates",
    "exploding",
    "saturation",
    "dead_units",
    # Of units that a large step has saturated.
    "small_updates",
}


def _mislabeled(make: Callable[[], Samples]) -> dict[str, Any]:
    """Labels of other samples; a person looks at them, and puts them right."""
    return {
        "data": lambda: data.mislabeled(make()),
        "by_hand": {"check_labels": {"data": make}},
    }


CASES: list[Case] = [
    *family(
        "cliff",
        "tuning",
        {
            f"order{length}-sgd{rate}-{units}": {
                "build": lambda length=length, rate=rate, units=units: (
                    classifier(
                        (length, 6),
                        recurrent("simple_rnn", units),
                        4,
                        sgd(rate),
                    )
                ),
                "data": lambda length=length: data.sequences(
                    "temporal_order", length, 3000
                ),
                "lag": length - 1 - round(0.1 * length),
            }
            for length, rate, units in (
                (50, 0.1, 50),
                (50, 0.2, 50),
                (40, 0.2, 40),
            )
        },
        batch_size=20,
        epochs=8,
        must={"exploding": 1200},
        may=_SWINGS - {"exploding"}
        | {"slow_progress", "oscillation", "vanishing"},
    ),
    *family(
        "swinging",
        "tuning",
        {
            "momentum": circles(lambda: (dense(2), sgd(0.5, momentum=0.98))),
            "clouds": {
                "build": lambda: classifier(
                    (2,), dense(2, activation="tanh"), 4, adam(0.4)
                ),
                "data": lambda: data.blobs(classes=4, spread=2.0, seed=1),
            },
            "blobs": {
                "build": lambda: classifier(
                    (2,), dense(2, activation="tanh"), 5, adam(0.5)
                ),
                "data": lambda: data.blobs(classes=5, spread=2.0),
            },
            "rnn": {
                "build": lambda: classifier(
                    (20, 1), recurrent("simple_rnn"), 2, adam(0.2)
                ),
                "data": lambda: data.recent(20),
            },
        },
        data=data.circles,
        epochs=20,
        must={"oscillation": ANY_TIME},
        may=_SWINGS | {"slow_progress"},
    ),
    *family(
        "batch_of_one",
        "scored",
        {
            "dense": circles(
                lambda: (dense(2, activation="tanh"), adam(0.05)),
                data=lambda: data.circles(100),
            ),
            "blobs": {
                "build": lambda: classifier(
                    (2,), dense(1, activation="tanh"), 5, sgd(3.0)
                ),
                "data": lambda: data.blobs(100, classes=5, spread=2.0),
            },
            "blobs-adam": {
                "build": lambda: classifier(
                    (2,), dense(1, activation="tanh"), 5, adam(0.3)
                ),
                "data": lambda: data.blobs(100, classes=5, spread=2.0),
            },
            "rnn": {
                "build": lambda: classifier(
                    (20, 1), recurrent("simple_rnn"), 2, adam(0.1)
                ),
                "data": lambda: data.recent(20, 100),
            },
        },
        batch_size=1,
        epochs=20,
        must={"oscillation": ANY_TIME},
        may=_SWINGS | {"slow_progress", "vanishing"},
    ),
    *family(
        "label_noise",
        "tuning",
        {
            "circles": circles(
                lambda: (dense(2), "adam"), **_mislabeled(data.circles)
            ),
            "blobs": blobs(
                lambda: (dense(2), "adam"), **_mislabeled(data.blobs)
            ),
            "gru": recent(
                lambda: (recurrent("gru", 8), "adam"),
                **_mislabeled(data.recent),
            ),
            "line": line(
                lambda: (dense(1), "adam"),
                chance={"mse": 1.0},
                **_mislabeled(data.line),
            ),
        },
        must={"slow_progress": ANY_TIME},
        may={"vanishing"},
    ),
    *family(
        "plateau",
        "scored",
        {
            "parity-rnn": {
                "build": lambda: classifier(
                    (20, 2), recurrent("simple_rnn"), 2, sgd(0.01)
                ),
                "data": lambda: data.last(data.sequences("parity", 20)),
                "lag": 19,
            },
            "parity-gru": {
                "build": lambda: classifier(
                    (20, 2), recurrent("gru"), 2, adam(3e-4)
                ),
                "data": lambda: data.last(data.sequences("parity", 20)),
                "lag": 19,
            },
            "circles-linear": circles(lambda: ([], adam(0.01))),
        },
        must={"slow_progress": ANY_TIME},
        may={"vanishing"},
    ),
    *family(
        "by_heart",
        "tuning",
        {
            "circles": circles(
                lambda: (dense(3, 128), adam(0.01)),
                data=lambda: data.few(data.mislabeled(data.circles(), 0.6), 60),
            ),
            "conv": digits(
                lambda: (
                    [*convolutions(filters=32), *dense(1, 128)],
                    adam(0.003),
                ),
                data=lambda: data.few(data.mislabeled(data.digits(), 0.6), 150),
            ),
        },
        epochs=100,
        must={"overfitting": ANY_TIME},
        may={"slow_progress"},
    ),
    *family(
        "too_few",
        "scored",
        {
            "lstm": recent(
                lambda: (recurrent("lstm", 64), adam(0.01)),
                data=lambda: data.few(data.recent(), 60),
            ),
            "words": {
                "build": lambda: classifier(
                    (20,),
                    [
                        layers.Embedding(2000, 16, name="embedding"),
                        *recurrent("gru", 32),
                    ],
                    2,
                    adam(0.01),
                    dtype="int32",
                ),
                "data": lambda: data.few(data.words(), 100),
            },
        },
        epochs=80,
        must={"overfitting": ANY_TIME},
    ),
]
