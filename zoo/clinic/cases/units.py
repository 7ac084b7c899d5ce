"""Sick: units that are stuck, flat or dead."""

from __future__ import annotations

from zoo.clinic import data
from zoo.clinic.case import Case, family
from zoo.clinic.networks import (
    adam,
    classifier,
    constant,
    convolutions,
    dense,
    normal,
    recurrent,
    sgd,
)

CASES: list[Case] = [
    *family(
        "huge_init",
        "tuning",
        {
            "dense-tanh-5": {
                "build": lambda: classifier(
                    (2,),
                    dense(4, activation="tanh", kernel_initializer=normal(5.0)),
                    2,
                    sgd(1e-4),
                ),
                "data": data.circles,
            },
            "dense-sigmoid-10": {
                "build": lambda: classifier(
                    (2,),
                    dense(
                        4, activation="sigmoid", kernel_initializer=normal(10.0)
                    ),
                    3,
                    sgd(1e-4),
                ),
                "data": lambda: data.blobs(spread=6.0),
            },
            "conv-tanh-3": {
                "build": lambda: classifier(
                    (8, 8, 1),
                    convolutions("tanh", kernel_initializer=normal(3.0)),
                    10,
                    sgd(1e-4),
                ),
                "data": data.digits,
            },
            "rnn-3": {
                "build": lambda: classifier(
                    (50, 6),
                    recurrent(
                        "simple_rnn",
                        kernel_initializer=normal(3.0),
                        recurrent_initializer=normal(3.0),
                    ),
                    4,
                    adam(1e-4),
                ),
                "data": lambda: data.sequences("temporal_order", 50),
                "lag": 45,
            },
            **{
                f"{cell}-30": {
                    "build": lambda cell=cell: classifier(
                        (50, 6),
                        recurrent(cell, kernel_initializer=normal(30.0)),
                        4,
                        adam(1e-4),
                    ),
                    "data": lambda: data.sequences("temporal_order", 50),
                    "lag": 45,
                }
                for cell in ("lstm", "gru")
            },
        },
        must={"saturation": 500},
        may=frozenset(
            {"slow_progress", "vanishing", "small_updates", "exploding"}
        ),
    ),
    *family(
        "unscaled_inputs",
        "scored",
        {
            "dense-tanh-100": {
                "build": lambda: classifier(
                    (2,), dense(2, activation="tanh"), 2, sgd(1e-3)
                ),
                "data": lambda: data.scaled(data.circles(), 100, 300),
            },
            "dense-sigmoid-1000": {
                "build": lambda: classifier(
                    (2,), dense(2, activation="sigmoid"), 2, sgd(1e-3)
                ),
                "data": lambda: data.scaled(data.circles(), 1000),
            },
            "rnn-adding-300": {
                "build": lambda: classifier(
                    (30, 1), recurrent("simple_rnn"), 2, adam(1e-4)
                ),
                "data": lambda: data.scaled(data.recent(), 300, 1000),
            },
            **{
                f"{cell}-300": {
                    "build": lambda cell=cell: classifier(
                        (30, 1), recurrent(cell), 2, adam(1e-4)
                    ),
                    "data": lambda: data.scaled(data.recent(), 300, 1000),
                }
                for cell in ("lstm", "gru")
            },
        },
        must={"saturation": 500},
        may=frozenset(
            {"slow_progress", "vanishing", "small_updates", "dead_units"}
        ),
    ),
    *family(
        "dead_bias",
        "tuning",
        {
            "dense": {
                "build": lambda: classifier(
                    (2,), dense(2, bias_initializer=constant(-10)), 2, "adam"
                ),
                "data": data.circles,
            },
            "dense-deep": {
                "build": lambda: classifier(
                    (2,),
                    dense(4, bias_initializer=constant(-8)),
                    3,
                    "adam",
                ),
                "data": data.blobs,
            },
            "conv": {
                "build": lambda: classifier(
                    (8, 8, 1),
                    convolutions(bias_initializer=constant(-10)),
                    10,
                    "adam",
                ),
                "data": data.digits,
            },
            "rnn-relu": {
                "build": lambda: classifier(
                    (30, 1),
                    recurrent(
                        "simple_rnn",
                        activation="relu",
                        bias_initializer=constant(-10),
                    ),
                    2,
                    "adam",
                ),
                "data": data.recent,
            },
        },
        must={"dead_units": 300},
        may=frozenset({"slow_progress", "vanishing", "small_updates"}),
    ),
    *family(
        "dead_rate",
        "scored",
        {
            "dense-adam-2": {
                "build": lambda: classifier((2,), dense(3), 2, adam(2.0)),
                "data": data.circles,
            },
            "dense-sgd-20": {
                "build": lambda: classifier((2,), dense(3), 3, sgd(20.0)),
                "data": data.blobs,
            },
            "conv-adam-1": {
                "build": lambda: classifier(
                    (8, 8, 1), convolutions(), 10, adam(1.0)
                ),
                "data": data.digits,
            },
            "conv-sgd-10": {
                "build": lambda: classifier(
                    (8, 8, 1), convolutions(), 10, sgd(10.0)
                ),
                "data": data.digits,
            },
        },
        must={"dead_units": 500, "large_updates": 200},
        may=frozenset(
            {
                "slow_progress",
                "exploding",
                "vanishing",
                "oscillation",
                "nonfinite",
            }
        ),
    ),
]
