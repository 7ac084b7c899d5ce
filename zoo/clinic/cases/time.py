"""Sick: the gradient does not get back through time."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras
import numpy as np

from zoo.clinic import data
from zoo.clinic.case import Case, family
from zoo.clinic.networks import adam, classifier, recurrent, regressor, sgd

_MSE = {"mse": 1 / 6}
_FOLLOWS = {"slow_progress", "saturation"}


def _forgetful(cell: str, units: int = 24) -> list[Any]:
    """A cell whose gate keeps 2% of the state at each step."""
    gates = {"lstm": [0, -4, 0, 0], "gru": [-4, 0, 0]}[cell]
    bias = keras.initializers.Constant(np.repeat(gates, units))
    plain = {"lstm": {"unit_forget_bias": False}, "gru": {}}[cell]
    return recurrent(cell, units, bias_initializer=bias, **plain)


def _adding(cell: str, length: int) -> keras.Model:
    return regressor((length, 2), _forgetful(cell), adam(1e-3))


CASES: list[Case] = [
    *family(
        "forgetful_gate",
        "tuning",
        {
            f"{cell}-adding{length}": {
                "build": partial(_adding, cell, length),
                "data": partial(data.sequences, "adding", length),
                "lag": length - 1,
            }
            for cell in ("lstm", "gru")
            for length in (40, 60)
        },
        chance=_MSE,
        must={"vanishing": 700},
        may=_FOLLOWS,
    ),
    *family(
        "long_memory",
        "scored",
        {
            "adding60-tanh": {
                "build": lambda: regressor(
                    (60, 2), recurrent("simple_rnn"), adam(1e-3)
                ),
                "data": lambda: data.sequences("adding", 60),
                "lag": 59,
                "chance": _MSE,
            },
            "adding60-sigmoid": {
                "build": lambda: regressor(
                    (60, 2),
                    recurrent("simple_rnn", activation="sigmoid"),
                    adam(1e-3),
                ),
                "data": lambda: data.sequences("adding", 60),
                "lag": 59,
                "chance": _MSE,
            },
            "order60-glorot": {
                "build": lambda: classifier(
                    (60, 6),
                    recurrent(
                        "simple_rnn", recurrent_initializer="glorot_uniform"
                    ),
                    4,
                    sgd(0.03),
                ),
                "data": lambda: data.sequences("temporal_order", 60),
                "lag": 53,
            },
            "order60-sigmoid": {
                "build": lambda: classifier(
                    (60, 6),
                    recurrent("simple_rnn", activation="sigmoid"),
                    4,
                    sgd(0.03),
                ),
                "data": lambda: data.sequences("temporal_order", 60),
                "lag": 53,
            },
        },
        must={"vanishing": 700},
        may=_FOLLOWS,
    ),
]
