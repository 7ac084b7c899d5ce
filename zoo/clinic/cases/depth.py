"""Sick: the gradient does not get through the layers."""

from __future__ import annotations

from keras import layers

from zoo.clinic import data
from zoo.clinic.case import Case, family
from zoo.clinic.networks import (
    adam,
    classifier,
    convolutions,
    dense,
    normal,
    sgd,
)
from zoo.clinic.problems import blobs, circles, digits


def _sigmoid_layers(depth: int) -> list[layers.Layer]:
    """Recurrent layers on each other."""
    return [
        layers.SimpleRNN(
            16,
            activation="sigmoid",
            return_sequences=i < depth - 1,
            name=f"rnn_{i + 1}",
        )
        for i in range(depth)
    ]


CASES: list[Case] = [
    *family(
        "sigmoid_stack",
        "tuning",
        {
            "dense-6": circles(
                lambda: (dense(6, activation="sigmoid"), sgd(0.1))
            ),
            "dense-8": circles(
                lambda: (dense(8, activation="sigmoid"), sgd(0.1))
            ),
            "dense-10-adam": circles(
                lambda: (dense(10, activation="sigmoid"), adam(1e-3))
            ),
            "dense-8-blobs": blobs(
                lambda: (dense(8, activation="sigmoid"), sgd(0.1))
            ),
        },
        must={"vanishing": 400},
        may={"slow_progress", "small_updates"},
    ),
    *family(
        "tiny_init",
        "scored",
        {
            "dense-tanh-0.03": circles(
                lambda: (
                    dense(
                        5, activation="tanh", kernel_initializer=normal(0.03)
                    ),
                    sgd(0.1),
                )
            ),
            "dense-relu-0.03": circles(
                lambda: (
                    dense(
                        5, activation="relu", kernel_initializer=normal(0.03)
                    ),
                    sgd(0.1),
                )
            ),
            "dense-tanh-0.01": blobs(
                lambda: (
                    dense(
                        4, activation="tanh", kernel_initializer=normal(0.01)
                    ),
                    sgd(0.1),
                )
            ),
            "conv-0.003": digits(
                lambda: (
                    convolutions(depth=4, kernel_initializer=normal(0.003)),
                    sgd(0.1),
                )
            ),
        },
        # What comes forward shrinks as what goes back does, so that the
        # kernels of all layers have gradients alike: all of them tiny.
        must={"dead_units": 400},
        may={"slow_progress", "small_updates", "vanishing"},
    ),
    *family(
        "squashed_stack",
        "scored",
        {
            "conv-sigmoid": digits(
                lambda: (convolutions("sigmoid", depth=6), sgd(0.05))
            ),
            "dense-hard_sigmoid": circles(
                lambda: (dense(7, activation="hard_sigmoid"), adam(1e-3))
            ),
            "dense-softmax": blobs(
                lambda: (dense(4, activation="softmax"), sgd(0.1))
            ),
            "rnn-sigmoid": {
                "build": lambda: classifier(
                    (12, 1), _sigmoid_layers(5), 2, sgd(0.05)
                ),
                "data": lambda: data.recent(12),
            },
        },
        data=data.circles,
        must={"vanishing": 500},
        may={"slow_progress", "small_updates"},
    ),
]
