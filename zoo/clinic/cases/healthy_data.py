"""Healthy: data and plans that only look wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers

from zoo.clinic import data, flaws
from zoo.clinic.case import Case, Samples, family
from zoo.clinic.networks import adam, convolutions, recurrent
from zoo.clinic.programs import (
    BINARY,
    CLASSES,
    NUMBERS,
    Program,
    convolution,
    embedded,
)

_DENSE, _CONV, _GRU = CLASSES["dense"], CLASSES["conv"], CLASSES["gru"]
_LINE, _WAVES = NUMBERS["dense"], NUMBERS["gru-waves"]
_FAR = flaws.inputs(flaws.times(1e3, 5e3))


def _after(program: Program, first: Any) -> Any:
    """Unscaled inputs, and a layer that takes care of them."""
    return program.but(hidden=lambda: [first(), *program.hidden()])(_FAR)


def _adapted() -> Any:
    """Keras' own layer for it, as its guide says."""
    layer = layers.Normalization()
    layer.adapt(_FAR(data.line(1200)).x)
    return layer


def _walks(size: int = 1200, length: int = 16) -> Samples:
    """Random walks: nothing is better than to say the last value again."""
    rng = np.random.default_rng(0)
    steps = rng.normal(size=(size + data.VALIDATION, length + 1))
    walk = (steps.cumsum(axis=1) / 4).astype(np.float32)
    x, y = walk[:, :-1, np.newaxis], walk[:, -1:]
    return Samples(x[:size], y[:size], x[size:], y[size:])


def _imbalanced(program: Program, **fields: Any) -> Any:
    """A class of 5 % that is told from the other."""
    samples = program.data
    return program.but(data=lambda: flaws.rare(0.06)(samples()))(
        epochs=15, **fields
    )


_WEIGHTED = {"fit_with": {"class_weight": {0: 0.53, 1: 9.0}}}


CASES: list[Case] = [
    *family(
        "unscaled_but_normalized",
        "tuning",
        {
            "batchnorm": _after(BINARY["dense"], layers.BatchNormalization)
            | {"epochs": 20},
            "normalization": _after(_LINE, _adapted),
            "rescaling": _after(
                _CONV, lambda: layers.Rescaling(1e-3, offset=-5)
            ),
            "batchnorm-gru": _after(_GRU, layers.BatchNormalization)
            | {"epochs": 20},
        },
    ),
    *family(
        "imbalanced_but_learned",
        "scored",
        {
            "dense": _imbalanced(
                BINARY["dense"].but(data=lambda: data.circles(3000))
            ),
            "gru": _imbalanced(
                BINARY["gru"].but(data=lambda: data.recent(12, 3000))
            ),
            "conv": _imbalanced(
                BINARY["conv"].but(optimizer=lambda: adam(0.01))
            ),
        },
    ),
    *family(
        "weighted_classes",
        "tuning",
        {
            "dense": _imbalanced(
                BINARY["dense"].but(data=lambda: data.circles(3000)),
                **_WEIGHTED,
            ),
            "gru": _imbalanced(
                _GRU.but(data=lambda: data.recent(12, 3000)), **_WEIGHTED
            ),
        },
    ),
    *family(
        "better_in_validation",
        "scored",
        {
            "conv": _CONV.but(
                hidden=lambda: [
                    *convolutions(filters=16),
                    layers.Dropout(0.6),
                ]
            )(),
            "lstm-words": CLASSES["lstm-words"].but(
                hidden=lambda: embedded(
                    layers.SpatialDropout1D(0.3),
                    *recurrent("lstm", 24),
                    layers.Dropout(0.5),
                )
            )(epochs=8),
        },
    ),
    *family(
        "whole_numbers",
        "scored",
        {
            "conv": _CONV(flaws.inputs(flaws.times(16.0))),
            "one-hot": CLASSES["conv-words"].but(
                inputs=(12, 60), hidden=convolution, dtype="float32"
            )(flaws.inputs(lambda x: np.eye(60, dtype=np.float32)[x])),
            "counts": _DENSE.but(
                data=lambda: flaws.inputs(
                    lambda x: np.stack([np.bincount(i, None, 60) for i in x])
                )(data.topics()),
                inputs=(60,),
            )(flaws.inputs(flaws.times(1.0))),
        },
    ),
    *family(
        "few_samples",
        "tuning",
        {
            "dense": _DENSE.but(optimizer=lambda: adam(0.02))(
                flaws.first(120), epochs=10, batch_size=8
            ),
            "conv": _CONV.but(optimizer=lambda: adam(0.02))(
                flaws.first(300), epochs=8, batch_size=16
            ),
            "line": _LINE.but(optimizer=lambda: adam(0.03))(
                flaws.first(150), epochs=10, batch_size=8
            ),
        },
    ),
    *family(
        "large_batches",
        "scored",
        {
            "dense": _DENSE.but(optimizer=lambda: adam(0.05))(
                epochs=30, batch_size=400
            ),
            "line": _LINE.but(optimizer=lambda: adam(0.03))(
                epochs=40, batch_size=600
            ),
            "conv": _CONV.but(optimizer=lambda: adam(0.02))(
                epochs=30, batch_size=300
            ),
        },
    ),
    *family(
        "echo",
        "scored",
        {
            f"{cell}-walk": NUMBERS[f"{cell}-waves"].but(data=_walks)(epochs=12)
            for cell in ("lstm", "gru")
        },
    ),
    *family(
        "sorted_but_shuffled",
        "scored",
        {
            "conv": _CONV(flaws.ordered),
            "bidirectional-words": CLASSES["bidirectional-words"](
                flaws.ordered
            ),
        },
    ),
]
