"""Sick: steps of the wrong size."""

from __future__ import annotations

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

_ANY = frozenset(
    {
        "exploding",
        "slow_progress",
        "oscillation",
        "dead_units",
        "saturation",
        "vanishing",
        "nonfinite",
        # Of units that a large step has saturated.
        "small_updates",
    }
)

CASES: list[Case] = [
    *family(
        "rate_too_small",
        "tuning",
        {
            "dense-sgd": {
                "build": lambda: classifier((2,), dense(2), 2, sgd(1e-6)),
                "data": data.circles,
            },
            "dense-adam": {
                "build": lambda: classifier((2,), dense(3), 2, adam(1e-7)),
                "data": data.circles,
            },
            "conv-sgd": {
                "build": lambda: classifier(
                    (8, 8, 1), convolutions(), 10, sgd(1e-6)
                ),
                "data": data.digits,
            },
            "lstm-adam": {
                "build": lambda: classifier(
                    (30, 1), recurrent("lstm"), 2, adam(1e-7)
                ),
                "data": data.recent,
            },
        },
        must={"small_updates": 300, "slow_progress": 500},
        may=frozenset({"vanishing"}),
    ),
    *family(
        "tiny_loss",
        "scored",
        {
            "dense-weighted": {
                "build": lambda: classifier(
                    (2,), dense(2), 3, sgd(0.01), loss_weights=[1e-5]
                ),
                "data": data.blobs,
            },
            "dense-clipped": {
                "build": lambda: classifier(
                    (2,), dense(2), 2, sgd(0.01, global_clipnorm=1e-4)
                ),
                "data": data.circles,
            },
            "rnn-clipped": {
                "build": lambda: classifier(
                    (30, 1),
                    recurrent("simple_rnn"),
                    2,
                    sgd(0.01, clipvalue=1e-6),
                ),
                "data": data.recent,
            },
            "gru-weighted": {
                "build": lambda: classifier(
                    (30, 1),
                    recurrent("gru"),
                    2,
                    sgd(0.01, momentum=0.9),
                    loss_weights=[1e-6],
                ),
                "data": data.recent,
            },
        },
        must={"small_updates": 300, "slow_progress": 500},
        may=frozenset({"vanishing"}),
    ),
    *family(
        "rate_too_large",
        "tuning",
        {
            "dense-tanh-adam": {
                "build": lambda: classifier(
                    (2,), dense(2, activation="tanh"), 2, adam(3.0)
                ),
                "data": data.circles,
            },
            "dense-tanh-sgd": {
                "build": lambda: classifier(
                    (2,), dense(3, activation="tanh"), 2, sgd(100.0)
                ),
                "data": data.circles,
            },
            "rnn-adam": {
                "build": lambda: classifier(
                    (50, 6), recurrent("simple_rnn"), 4, adam(1.0)
                ),
                "data": lambda: data.sequences("temporal_order", 50),
                "lag": 45,
            },
            "lstm-adam": {
                "build": lambda: classifier(
                    (50, 6), recurrent("lstm"), 4, adam(1.0)
                ),
                "data": lambda: data.sequences("temporal_order", 50),
                "lag": 45,
            },
        },
        must={"large_updates": 200},
        may=_ANY,
    ),
    *family(
        "huge_loss",
        "scored",
        {
            "dense-weighted": {
                "build": lambda: classifier(
                    (2,),
                    dense(2, activation="tanh"),
                    2,
                    sgd(0.1),
                    loss_weights=[1e4],
                ),
                "data": data.circles,
            },
            "gru-weighted": {
                "build": lambda: classifier(
                    (50, 6),
                    recurrent("gru"),
                    4,
                    sgd(0.1),
                    loss_weights=[1e4],
                ),
                "data": lambda: data.sequences("temporal_order", 50),
                "lag": 45,
            },
            "conv-weighted": {
                "build": lambda: classifier(
                    (8, 8, 1),
                    convolutions("tanh"),
                    10,
                    sgd(0.1),
                    loss_weights=[1e4],
                ),
                "data": data.digits,
            },
            "line-1000": {
                "build": lambda: regressor(
                    (8,), dense(2, activation="tanh"), sgd(0.1)
                ),
                "data": lambda: data.far(data.line(), 1000.0),
            },
        },
        must={"large_updates": 200},
        may=_ANY,
    ),
]
