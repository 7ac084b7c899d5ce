"""Sick: NaN and infinity, from the data, the loss or the recurrence."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from zoo.clinic import data
from zoo.clinic.case import Case, Samples, family
from zoo.clinic.networks import (
    classifier,
    convolutions,
    dense,
    recurrent,
    regressor,
    sgd,
)
from zoo.clinic.problems import circles, digits, line, recent

_DIVERGED = {"large_updates", "slow_progress", "dead_units"}

_ROW = 700
"""The sample that is spoiled: it comes in step 22 of batches of 32."""


def _spoiled(make: Callable[[], Samples], value: float) -> dict[str, Any]:
    """One number is none; a person looks at the data, and drops the sample."""
    return {
        "data": lambda: data.spoiled(make(), value, _ROW),
        "by_hand": {
            "check_data": {
                "data": lambda: data.cleaned(data.spoiled(make(), value, _ROW))
            }
        },
    }


def _by_hand(build: Callable[..., keras.Model], loss: Any) -> dict[str, Any]:
    """A loss by hand; a person takes Keras' in its place."""
    return {
        "build": lambda: build(loss=loss),
        "by_hand": {"stable_loss": {"build": build}},
    }


def _log_of_zero(y: Any, p: Any) -> Any:
    """A cross-entropy by hand, without the usual epsilon."""
    y = ops.one_hot(ops.reshape(ops.cast(y, "int32"), (-1,)), p.shape[-1])
    return -ops.sum(y * ops.log(p), axis=-1)


def _root_of_zero(y: Any, p: Any) -> Any:
    """A distance by hand: its slope at zero is infinite."""
    return ops.sqrt(ops.sum(ops.relu(ops.abs(y - p) - 0.3) ** 2, axis=-1))


def _sharp(model: keras.Model) -> keras.Model:
    """Makes the last layer sure of itself from the start."""
    readout = model.get_layer("readout")
    readout.kernel.assign(readout.kernel * 300)
    return model


CASES: list[Case] = [
    *family(
        "nan_in_data",
        "scored",
        {
            "dense-nan": circles(
                lambda: (dense(2), "adam"), **_spoiled(data.circles, math.nan)
            ),
            "conv-inf": digits(
                lambda: (convolutions(), "adam"),
                **_spoiled(data.digits, math.inf),
            ),
            "lstm-nan": recent(
                lambda: (recurrent("lstm"), "adam"),
                **_spoiled(data.recent, math.nan),
            ),
            "line-inf": line(
                lambda: (dense(1), "adam"), **_spoiled(data.line, -math.inf)
            ),
        },
        must={"nonfinite": 64},
        # What lost weights do is not said: relu makes zeros of them.
        may={"inputs", "dead_units", "slow_progress"},
        shuffle=False,
        epochs=6,
    ),
    *family(
        "careless_loss",
        "tuning",
        {
            "log-dense": {
                **_by_hand(
                    lambda **loss: _sharp(
                        classifier((2,), dense(2), 2, sgd(0.01), **loss)
                    ),
                    _log_of_zero,
                ),
                "data": data.circles,
            },
            "log-conv": {
                **_by_hand(
                    lambda **loss: _sharp(
                        classifier(
                            (8, 8, 1), convolutions(), 10, sgd(0.01), **loss
                        )
                    ),
                    _log_of_zero,
                ),
                "data": data.digits,
            },
            "log-lstm": {
                **_by_hand(
                    lambda **loss: _sharp(
                        classifier(
                            (30, 1), recurrent("lstm"), 2, sgd(0.01), **loss
                        )
                    ),
                    _log_of_zero,
                ),
                "data": lambda: data.scaled(data.recent(), 5.0),
            },
            "root-line": {
                **_by_hand(
                    lambda **loss: regressor((8,), dense(1), sgd(0.01), **loss),
                    _root_of_zero,
                ),
                "data": data.line,
            },
        },
        must={"nonfinite": 200},
        may={"exploding", "large_updates", "dead_units", "slow_progress"},
        epochs=6,
    ),
    *family(
        "relu_recurrence",
        "scored",
        {
            "identity-sgd": {
                "build": lambda: regressor(
                    (50, 2),
                    recurrent(
                        "simple_rnn",
                        50,
                        activation="relu",
                        recurrent_initializer="identity",
                    ),
                    sgd(0.01),
                )
            },
            "gain-1.5": {
                "build": lambda: regressor(
                    (50, 2),
                    recurrent(
                        "simple_rnn",
                        activation="relu",
                        recurrent_initializer=keras.initializers.Orthogonal(
                            1.5
                        ),
                    ),
                    sgd(0.01),
                )
            },
            "gain-2": {
                "build": lambda: regressor(
                    (50, 2),
                    recurrent(
                        "simple_rnn",
                        activation="relu",
                        recurrent_initializer=keras.initializers.Orthogonal(
                            2.0
                        ),
                    ),
                    sgd(0.01),
                )
            },
            "linear": {
                "build": lambda: regressor(
                    (50, 2),
                    recurrent(
                        "simple_rnn",
                        activation="linear",
                        recurrent_initializer=keras.initializers.Orthogonal(
                            1.5
                        ),
                    ),
                    sgd(0.01),
                )
            },
        },
        data=lambda: data.sequences("adding", 50),
        lag=49,
        chance={"mse": 1 / 6},
        epochs=6,
        must={"nonfinite": 200, "exploding": 200},
        may={"large_updates", "slow_progress", "vanishing"},
    ),
    *family(
        "diverging_line",
        "tuning",
        {
            "linear": line(lambda: (dense(3, activation="linear"), sgd(3.0))),
            "relu": line(lambda: (dense(2), sgd(3.0))),
            "momentum": line(
                lambda: (dense(3, activation="linear"), sgd(0.5, momentum=0.99))
            ),
            "unscaled": line(
                lambda: (dense(2, activation="linear"), sgd(0.1)),
                data=lambda: data.scaled(data.line(), 100.0),
                may={*_DIVERGED, "inputs"},
            ),
        },
        chance={"mse": 1.0},
        epochs=6,
        must={"nonfinite": 200, "exploding": 200},
        may=_DIVERGED,
    ),
]
