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
            "dense-6": {
                "build": lambda: classifier(
                    (2,), dense(6, activation="sigmoid"), 2, sgd(0.1)
                ),
            },
            "dense-8": {
                "build": lambda: classifier(
                    (2,), dense(8, activation="sigmoid"), 2, sgd(0.1)
                ),
            },
            "dense-10-adam": {
                "build": lambda: classifier(
                    (2,), dense(10, activation="sigmoid"), 2, adam(1e-3)
                ),
            },
            "dense-8-blobs": {
                "build": lambda: classifier(
                    (2,), dense(8, activation="sigmoid"), 3, sgd(0.1)
                ),
                "data": data.blobs,
            },
        },
        data=data.circles,
        must={"vanishing": 400},
        may=frozenset({"slow_progress", "small_updates"}),
    ),
    *family(
        "tiny_init",
        "scored",
        {
            "dense-tanh-0.03": {
                "build": lambda: classifier(
                    (2,),
                    dense(
                        5, activation="tanh", kernel_initializer=normal(0.03)
                    ),
                    2,
                    sgd(0.1),
                ),
            },
            "dense-relu-0.03": {
                "build": lambda: classifier(
                    (2,),
                    dense(
                        5, activation="relu", kernel_initializer=normal(0.03)
                    ),
                    2,
                    sgd(0.1),
                ),
            },
            "dense-tanh-0.01": {
                "build": lambda: classifier(
                    (2,),
                    dense(
                        4, activation="tanh", kernel_initializer=normal(0.01)
                    ),
                    3,
                    sgd(0.1),
                ),
                "data": data.blobs,
            },
            "conv-0.003": {
                "build": lambda: classifier(
                    (8, 8, 1),
                    convolutions(depth=4, kernel_initializer=normal(0.003)),
                    10,
                    sgd(0.1),
                ),
                "data": data.digits,
            },
        },
        data=data.circles,
        # What comes forward shrinks as what goes back does, so that the
        # kernels of all layers have gradients alike: all of them tiny.
        must={"dead_units": 400},
        may=frozenset({"slow_progress", "small_updates", "vanishing"}),
    ),
    *family(
        "squashed_stack",
        "scored",
        {
            "conv-sigmoid": {
                "build": lambda: classifier(
                    (8, 8, 1), convolutions("sigmoid", depth=6), 10, sgd(0.05)
                ),
                "data": data.digits,
            },
            "dense-hard_sigmoid": {
                "build": lambda: classifier(
                    (2,), dense(7, activation="hard_sigmoid"), 2, adam(1e-3)
                ),
            },
            "dense-softmax": {
                "build": lambda: classifier(
                    (2,), dense(4, activation="softmax"), 3, sgd(0.1)
                ),
                "data": data.blobs,
            },
            "rnn-sigmoid": {
                "build": lambda: classifier(
                    (12, 1), _sigmoid_layers(5), 2, sgd(0.05)
                ),
                "data": lambda: data.recent(12),
            },
        },
        data=data.circles,
        must={"vanishing": 500},
        may=frozenset({"slow_progress", "small_updates"}),
    ),
]
