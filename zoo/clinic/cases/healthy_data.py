"""Healthy: data and plans that only look wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers

from zoo.clinic import data, flaws
from zoo.clinic.case import Array, Case, Samples, family
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


def _tags(samples: int = 1000, length: int = 12) -> Samples:
    """Words of which few are names: the word before tells which."""
    rng = np.random.default_rng(0)
    x = rng.integers(3, 60, (samples + data.VALIDATION, length))
    y = np.zeros_like(x)
    at = rng.random(x.shape) < 0.03
    at[:, 0] = False
    y[at] = rng.integers(1, 3, at.sum())
    before = np.roll(at, -1, axis=1)
    # Half of the words that tell are followed by no name.
    x[before] = np.roll(y, -1, axis=1)[before]
    alike = (rng.random(x.shape) < 0.03) & ~before
    x[alike] = rng.integers(1, 3, alike.sum())
    x, y = x.astype(np.int32), y.astype(np.int32)
    return Samples(x[:samples], y[:samples], x[samples:], y[samples:])


def _rarely_weighted(y: Array) -> Array:
    return np.where(y > 0, 15.0, 0.5).astype(np.float32)


_TAGGER = CLASSES["lstm-words"].but(
    data=_tags,
    hidden=lambda: embedded(
        layers.Bidirectional(layers.LSTM(12, return_sequences=True))
    ),
    epochs=20,
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
    # It knows which words can be names, and of none that it is more likely one
    # than not: that it always says the most frequent tag is right.
    *family(
        "sure_of_none",
        "tuning",
        {
            "tagger": _TAGGER(),
            "tagger-weighted": _TAGGER(
                fit_with={"sample_weight": _rarely_weighted(_tags().y)}
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
