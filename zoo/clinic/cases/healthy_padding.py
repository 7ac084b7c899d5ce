"""Healthy: labels of which some do not count, for padding or unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import layers

from zoo.clinic import data, flaws
from zoo.clinic.case import Array, Case, Samples, family
from zoo.clinic.networks import adam, recurrent
from zoo.clinic.programs import (
    BINARY,
    CLASSES,
    NUMBERS,
    Flaw,
    Program,
    embedded,
)


def _at_each_step(
    cell: str, padding: int = 0, masked: bool = False, **parts: Any
) -> Program:
    """An answer at each step of sequences of several lengths."""
    return CLASSES["gru"].but(
        **{
            "data": lambda: data.ragged(padding),
            "inputs": (16, 1),
            "hidden": lambda: [
                *([layers.Masking()] if masked else []),
                *recurrent(cell, 16, return_sequences=True),
            ],
            "optimizer": lambda: adam(0.01),
            **parts,
        }
    )


_YES_OR_NO: dict[str, Any] = {
    "units": 1,
    "activation": "sigmoid",
    "loss": "binary_crossentropy",
}


def _shorter(samples: Samples) -> Samples:
    """Words, and behind them up to as many of padding; more of the topic."""

    def padded(x: Array) -> Array:
        ends = np.random.default_rng(4).integers(6, 13, (len(x), 1))
        return np.where(np.arange(x.shape[1]) < ends, x, 0)

    return flaws.inputs(padded)(samples)


def _unknown(share: float) -> Flaw:
    """Training labels that are not known, marked with -1."""

    def flaw(samples: Samples) -> Samples:
        rng = np.random.default_rng(5)
        is_known = rng.random(samples.y.shape) >= share
        y = np.where(is_known, samples.y, -1).astype(np.int32)
        return replace(samples, y=y)

    return flaw


def _left_out(program: Program, flaw: Flaw) -> Any:
    """Targets of exactly -1 have the weight 0."""
    made = program(flaw, epochs=10)
    samples = made["data"]()

    def weights(y: Array) -> Array:
        is_known: Array = y.reshape(y.shape[:2]) != -1
        return is_known.astype(np.float32)

    validation = samples.x_validation, samples.y_validation
    return made | {
        "fit_with": {
            "sample_weight": weights(samples.y),
            "validation_data": (*validation, weights(samples.y_validation)),
        }
    }


def _next(samples: Samples) -> Samples:
    """The next value at each step, of which a third was not recorded: -1."""

    def values(x: Array) -> Array:
        y = np.roll(x, -1, axis=1)
        is_known = np.random.default_rng(7).random(y.shape) < 0.7
        is_known[:, -1] = False
        return np.where(is_known, y, -1).astype(np.float32)

    return replace(
        samples,
        y=values(samples.x),
        y_validation=values(samples.x_validation),
    )


def _soft(classes: int) -> Flaw:
    """Rows that are a little unsure, and zeros where there is no label."""

    def change(y: Array) -> Array:
        rows = 0.8 * np.eye(classes)[y] + 0.2 / classes
        return np.where(y[..., np.newaxis] < 0, 0, rows).astype(np.float32)

    return flaws.targets(change)


_IGNORING = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)

CASES: list[Case] = [
    *family(
        "masked",
        "tuning",
        {
            "lstm": _at_each_step("lstm", masked=True)(epochs=10),
            "gru-yes-or-no": _at_each_step("gru", masked=True, **_YES_OR_NO)(
                flaws.targets(lambda y: y[..., np.newaxis]), epochs=10
            ),
            "rnn-words": CLASSES["lstm-words"].but(
                data=lambda: data.topics(classes=3),
                hidden=lambda: embedded(
                    *recurrent("simple_rnn", 16), mask_zero=True
                ),
            )(_shorter, epochs=10),
        },
    ),
    *family(
        "ignored_labels",
        "scored",
        {
            "lstm": _at_each_step("lstm", -1, loss=_IGNORING)(epochs=10),
            "gru-few": _at_each_step("gru", loss=_IGNORING)(
                _unknown(0.7), epochs=12
            ),
            "conv": CLASSES["conv"].but(loss=_IGNORING)(
                _unknown(0.5), epochs=12
            ),
        },
    ),
    *family(
        "left_out_by_weights",
        "scored",
        {
            "gru-yes-or-no": _left_out(
                _at_each_step("gru", -1, **_YES_OR_NO),
                flaws.targets(lambda y: y[..., np.newaxis]),
            ),
            "lstm-numbers": _left_out(
                NUMBERS["lstm-waves"].but(
                    hidden=lambda: recurrent("lstm", 16, return_sequences=True),
                    optimizer=lambda: adam(0.01),
                ),
                _next,
            ),
            "lstm-words": _left_out(BINARY["lstm-words"], _unknown(0.4)),
        },
    ),
    *family(
        "padded_soft_labels",
        "tuning",
        {
            name: _at_each_step(
                cell, -1, masked=masked, loss="categorical_crossentropy"
            )(_soft(2), epochs=10)
            for name, cell, masked in (
                ("lstm", "lstm", False),
                ("gru", "gru", False),
                ("gru-masked", "gru", True),
            )
        },
    ),
]
