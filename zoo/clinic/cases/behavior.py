"""Sick: models that do not look at their inputs, or at those of others."""

from __future__ import annotations

from typing import Any

from keras import layers, ops

from zoo.clinic.case import EARLY, Case, family, mended
from zoo.clinic.networks import dense, recurrent
from zoo.clinic.programs import (
    CLASSES,
    NUMBERS,
    Program,
    convolution,
    embedded,
)

_NOT_LEARNED = {
    "slow_progress",
    "vanishing",
    "dead_units",
    "small_updates",
    "saturation",
    "overfitting",
}

_GRU, _WORDS = CLASSES["gru"], CLASSES["conv-words"]


def _with(program: Program, *first: Any) -> Program:
    """The program with layers in front."""
    return program.but(
        hidden=lambda: [
            *(make() for make in first),
            *program.hidden(),
        ]
    )


def _narrow(between: Any) -> Program:
    """All that is known passes through two numbers."""
    return NUMBERS["dense"].but(
        hidden=lambda: [
            *dense(1, 16),
            layers.Dense(2, activation="sigmoid", name="narrow"),
            layers.Lambda(between),
        ]
    )


def _reads(cell: str, step: int) -> Program:
    """What a recurrent layer says after one of its steps."""
    return _GRU.but(
        hidden=lambda: [
            *recurrent(cell, 16, return_sequences=True),
            layers.Lambda(lambda x: x[:, step]),
        ]
    )


def _across(cell: str, axes: tuple[int, ...]) -> Program:
    """A recurrent layer that walks along one axis."""
    return _GRU.but(
        hidden=lambda: [
            layers.Lambda(lambda x: ops.transpose(x, axes)),
            *recurrent(cell, 16, return_sequences=True),
            layers.Lambda(lambda x: ops.transpose(x, axes)[:, -1]),
        ]
    )


def _averaged(*between: Any) -> Program:
    """The mean of what a convolution sees."""
    return _WORDS.but(
        hidden=lambda: embedded(
            convolution()[0],
            *(layers.Lambda(change) for change in between),
            layers.GlobalAveragePooling1D(),
        )
    )


def _mean_of_samples(x: Any) -> Any:
    """The wrong axis."""
    return ops.zeros_like(x) + ops.mean(x, axis=0, keepdims=True)


ILL: list[Case] = [
    *family(
        "part_cut_off",
        "tuning",
        {
            "dense": {
                **_with(
                    NUMBERS["dense"],
                    lambda: layers.Lambda(lambda x: x[:, :2]),
                )(),
                "mended": NUMBERS["dense"](),
            },
            "conv": {
                **_with(
                    CLASSES["conv"],
                    lambda: layers.Cropping2D(((0, 0), (6, 0))),
                )(),
                "mended": CLASSES["conv"](),
            },
            "gru": {**_reads("gru", 0)(), "mended": _reads("gru", -1)()},
            "lstm": {**_reads("lstm", 0)(), "mended": _reads("lstm", -1)()},
        },
        must={"behavior": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "no_gradient_below",
        "tuning",
        {
            "round": {
                **_narrow(ops.round)(),
                "mended": _narrow(lambda x: x)(),
            },
            "sign": {
                **_narrow(lambda x: ops.sign(x - 0.5))(),
                "mended": _narrow(lambda x: x - 0.5)(),
            },
            "stop": {
                **_narrow(ops.stop_gradient)(),
                "mended": _narrow(lambda x: x)(),
            },
        },
        must={"behavior": EARLY},
        may=_NOT_LEARNED,
    ),
    *family(
        "batch_taken_for_time",
        "scored",
        {
            **{
                cell: {
                    **_across(cell, (1, 0, 2))(),
                    "mended": _across(cell, (0, 1, 2))(),
                }
                for cell in ("simple_rnn", "lstm", "gru")
            },
            "mean": {
                **_averaged(_mean_of_samples)(),
                "mended": _averaged()(),
            },
        },
        must={"behavior": EARLY},
        may=_NOT_LEARNED | {"output_and_loss"},
    ),
]

CASES: list[Case] = [
    *ILL,
    *mended(ILL, "no_gradient_below", "batch_taken_for_time"),
]
