"""Sick: plans under which a model cannot learn what it could."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from zoo.clinic import flaws
from zoo.clinic.case import (
    ANY_TIME,
    EARLY,
    Array,
    Case,
    Samples,
    family,
    mended,
)
from zoo.clinic.networks import adam, convolutions, dense, recurrent
from zoo.clinic.programs import BINARY, CLASSES, NUMBERS, Program

_UNFINISHED = {"slow_progress", "vanishing", "small_updates"}

_NOT_SETTLED = {"overfitting", "oscillation", "slow_progress", "behavior"}
"""What validation looks like before the moving statistics have settled."""

_SLOW: dict[str, Any] = {"optimizer": lambda: adam(1e-3), "epochs": 3}
_SMALL: dict[str, Any] = {"epochs": 10, "batch_size": 16}


def _normalized(hidden: list[Any], momentum: float) -> list[Any]:
    return [
        layers.BatchNormalization(momentum=momentum),
        *hidden,
        layers.BatchNormalization(momentum=momentum),
    ]


_STREAMS, _STEPS = 16, 3
"""Streams that are read at the same time, and how many steps at once."""


def _streams() -> Samples:
    """Parts of streams in their order: is the sum of this and the last > 0?"""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(151, _STREAMS, _STEPS, 1)).astype(np.float32)
    of_parts = x.sum(axis=(2, 3))
    x, y = x[1:], of_parts[1:] + of_parts[:-1] > 0

    def rows(values: Array) -> Array:
        return values.reshape(-1, *values.shape[2:])

    held_out = 25
    return Samples(
        rows(x[:-held_out]),
        rows(y[:-held_out].astype(np.int32)),
        rows(x[-held_out:]),
        rows(y[-held_out:].astype(np.int32)),
    )


def _stateful(cell: str) -> keras.Model:
    model = keras.Sequential(
        [
            layers.Input(batch_shape=(_STREAMS, _STEPS, 1)),
            *recurrent(cell, 16, stateful=True),
            layers.Dense(2, activation="softmax", name="readout"),
        ]
    )
    return CLASSES["gru"].but(optimizer=lambda: adam(0.01)).compile(model)


def _stopped(program: Program, rate: float, epochs: int) -> dict[str, Any]:
    """A program that ends while it still learns, and given its time."""
    slow = program.but(optimizer=lambda: adam(rate))
    return {**slow(epochs=epochs), "mended": slow(epochs=8 * epochs)}


ILL: list[Case] = [
    *family(
        "hardly_any_updates",
        "tuning",
        {
            name: {
                **program.but(**_SLOW)(batch_size=600),
                "mended": program.but(**_SLOW)(**_SMALL),
            }
            for name, program in (
                ("dense", BINARY["dense"]),
                ("conv", CLASSES["conv"]),
                ("lstm", NUMBERS["lstm-waves"]),
                ("bidirectional-words", CLASSES["bidirectional-words"]),
            )
        },
        must={"plan": EARLY},
        may=_UNFINISHED,
    ),
    *family(
        "batch_of_all_samples",
        "scored",
        {
            name: {
                **program.but(**_SLOW)(batch_size=4096, epochs=8),
                "mended": program.but(**_SLOW)(**_SMALL),
            }
            for name, program in (
                ("dense", NUMBERS["dense"]),
                ("gru", CLASSES["gru"]),
                ("conv-words", CLASSES["conv-words"]),
            )
        },
        must={"plan": EARLY},
        may=_UNFINISHED,
    ),
    *family(
        "moving_statistics",
        "tuning",
        {
            name: {
                **program.but(
                    hidden=lambda hidden=hidden: _normalized(hidden(), 0.99)
                )(flaw),
                "mended": program.but(
                    hidden=lambda hidden=hidden: _normalized(hidden(), 0.8)
                )(flaw),
            }
            for name, program, hidden in (
                ("dense", BINARY["dense"], lambda: dense(2)),
                ("conv", CLASSES["conv"], convolutions),
                ("gru", CLASSES["gru"], lambda: recurrent("gru", 16)),
            )
            for flaw in (
                flaws.both(
                    flaws.inputs(flaws.times(100.0, 500.0)), flaws.first(320)
                ),
            )
        },
        must={"plan": EARLY},
        may=_NOT_SETTLED,
    ),
    *family(
        "stopped_while_falling",
        "tuning",
        {
            "dense": _stopped(NUMBERS["dense"], 2e-4, 6),
            "conv": _stopped(CLASSES["conv"], 1e-4, 5),
            "lstm-words": _stopped(CLASSES["lstm-words"], 1e-4, 4),
        },
        must={"unfinished_training": ANY_TIME},
        may=_UNFINISHED | {"plan"},
    ),
    *family(
        "too_few_epochs",
        "scored",
        {
            "dense": _stopped(CLASSES["dense"], 2e-4, 6),
            "conv-words": _stopped(CLASSES["conv-words"], 2e-4, 3),
            "conv-numbers": _stopped(NUMBERS["conv"], 1e-4, 5),
        },
        must={"unfinished_training": ANY_TIME},
        may=_UNFINISHED | {"plan"},
    ),
    *family(
        "stateful_and_shuffled",
        "scored",
        {
            cell: {
                "build": lambda cell=cell: _stateful(cell),
                "mended": {"shuffle": False},
            }
            for cell in ("lstm", "gru", "simple_rnn")
        },
        data=_streams,
        batch_size=_STREAMS,
        epochs=12,
        fit_with={"validation_batch_size": _STREAMS},
        must={"plan": EARLY},
        may=_UNFINISHED | {"overfitting"},
    ),
]

CASES: list[Case] = [
    *ILL,
    *mended(
        ILL,
        "hardly_any_updates",
        "moving_statistics",
        "stopped_while_falling",
        "too_few_epochs",
        "stateful_and_shuffled",
    ),
]
