"""Sick: units that are stuck, flat or dead."""

from __future__ import annotations

from zoo.clinic import data
from zoo.clinic.case import Case, family
from zoo.clinic.networks import (
    adam,
    constant,
    convolutions,
    dense,
    normal,
    recurrent,
    sgd,
)
from zoo.clinic.problems import blobs, circles, digits, order, recent

CASES: list[Case] = [
    *family(
        "huge_init",
        "tuning",
        {
            "dense-tanh-5": circles(
                lambda: (
                    dense(4, activation="tanh", kernel_initializer=normal(5.0)),
                    sgd(1e-4),
                )
            ),
            "dense-sigmoid-10": blobs(
                lambda: (
                    dense(
                        4, activation="sigmoid", kernel_initializer=normal(10.0)
                    ),
                    sgd(1e-4),
                ),
                data=lambda: data.blobs(spread=6.0),
            ),
            "conv-tanh-3": digits(
                lambda: (
                    convolutions("tanh", kernel_initializer=normal(3.0)),
                    sgd(1e-4),
                )
            ),
            "rnn-3": order(
                lambda: (
                    recurrent(
                        "simple_rnn",
                        kernel_initializer=normal(3.0),
                        recurrent_initializer=normal(3.0),
                    ),
                    adam(1e-4),
                )
            ),
            **{
                f"{cell}-30": order(
                    lambda cell=cell: (
                        recurrent(cell, kernel_initializer=normal(30.0)),
                        adam(1e-4),
                    )
                )
                for cell in ("lstm", "gru")
            },
        },
        must={"saturation": 500},
        may={"slow_progress", "vanishing", "small_updates", "exploding"},
    ),
    *family(
        "unscaled_inputs",
        "scored",
        {
            "dense-tanh-100": circles(
                lambda: (dense(2, activation="tanh"), sgd(1e-3)),
                data=lambda: data.scaled(data.circles(), 100, 300),
            ),
            "dense-sigmoid-1000": circles(
                lambda: (dense(2, activation="sigmoid"), sgd(1e-3)),
                data=lambda: data.scaled(data.circles(), 1000),
            ),
            "rnn-adding-300": recent(
                lambda: (recurrent("simple_rnn"), adam(1e-4)),
                data=lambda: data.scaled(data.recent(), 300, 1000),
            ),
            **{
                f"{cell}-300": recent(
                    lambda cell=cell: (recurrent(cell), adam(1e-4)),
                    data=lambda: data.scaled(data.recent(), 300, 1000),
                )
                for cell in ("lstm", "gru")
            },
        },
        must={"saturation": 500},
        may={
            "inputs",
            "slow_progress",
            "vanishing",
            "small_updates",
            "dead_units",
        },
    ),
    *family(
        "dead_bias",
        "tuning",
        {
            "dense": circles(
                lambda: (dense(2, bias_initializer=constant(-10)), "adam")
            ),
            "dense-deep": blobs(
                lambda: (dense(4, bias_initializer=constant(-8)), "adam")
            ),
            "conv": digits(
                lambda: (convolutions(bias_initializer=constant(-10)), "adam")
            ),
            "rnn-relu": recent(
                lambda: (
                    recurrent(
                        "simple_rnn",
                        activation="relu",
                        bias_initializer=constant(-10),
                    ),
                    "adam",
                )
            ),
        },
        must={"dead_units": 300},
        may={"slow_progress", "vanishing", "small_updates"},
    ),
    *family(
        "dead_rate",
        "scored",
        {
            "dense-adam-2": circles(lambda: (dense(3), adam(2.0))),
            "dense-sgd-20": blobs(lambda: (dense(3), sgd(20.0))),
            "conv-adam-1": digits(lambda: (convolutions(), adam(1.0))),
            "conv-sgd-10": digits(lambda: (convolutions(), sgd(10.0))),
        },
        must={"dead_units": 500, "large_updates": 200},
        may={
            "slow_progress",
            "exploding",
            "vanishing",
            "oscillation",
            "nonfinite",
        },
    ),
]
