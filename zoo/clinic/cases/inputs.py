"""Sick: inputs that are no numbers, tell nothing or are out of scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zoo.clinic import flaws
from zoo.clinic.case import EARLY, Array, Case, family, mended
from zoo.clinic.networks import adam, recurrent
from zoo.clinic.programs import (
    BINARY,
    CLASSES,
    NUMBERS,
    XLA,
    Flaw,
    Program,
    both_ways,
    convolution,
    embedded,
)

_BLIND = {"slow_progress", "vanishing", "dead_units", "behavior"}
"""What follows where the inputs tell nothing."""

_LOST = {"nonfinite", "dead_units", "slow_progress", "exploding"}
"""What follows from NaN and infinity."""

_SATURATED = {
    "saturation",
    "slow_progress",
    "vanishing",
    "small_updates",
    "dead_units",
    "exploding",
    "large_updates",
    "oscillation",
    "behavior",
}
"""What follows where the inputs are too large."""

_LINE, _GRU = NUMBERS["dense"], CLASSES["gru"]
_WAVES = NUMBERS["lstm-waves"]


def _wider(program: Program, features: int) -> Program:
    return program.but(inputs=(*program.inputs[:-1], features))


def _never_seen(x: Array) -> Array:
    """A sensor that always says 7."""
    return np.full_like(x, 7)


def _logarithm(x: Array) -> Array:
    """Of a count, which may be 0."""
    with np.errstate(divide="ignore"):
        return np.log(flaws.counts(x))


def _logarithm_of_one_more(x: Array) -> Array:
    return np.log1p(flaws.counts(x))


def _columns(
    bad: Flaw, good: Flaw, programs: dict[str, Program]
) -> dict[str, dict[str, Any]]:
    return {
        name: {**program(bad), "mended": program(good)}
        for name, program in programs.items()
    }


_WIDER = {
    "dense": _wider(_LINE, 9),
    "lstm": _wider(_WAVES, 2),
    "gru": _wider(_GRU, 2),
}


def _images_of_1(x: Array) -> Array:
    return (np.clip(x, 0, 0.99) * 255).astype(np.uint8) // 255


def _padded(keep: float, steps: int = 12) -> Flaw:
    """Texts that are padded in front, cut to their first steps.

    Args:
        keep: Share of the texts that are longer.
        steps: How many steps are padding.
    """

    def change(x: Array) -> Array:
        short = np.random.default_rng(3).random(len(x)) >= keep
        padding = np.arange(x.shape[1]) < steps
        return np.where(short[:, np.newaxis] & padding, 0, x)

    return flaws.inputs(change)


def _words(
    stack: Callable[[], list[Any]], classes: str, size: int = 60
) -> Program:
    return CLASSES[classes].but(
        hidden=lambda: embedded(*stack(), vocabulary=size), compiled=XLA
    )


_READERS: dict[str, tuple[Callable[[], list[Any]], str]] = {
    "lstm": (lambda: recurrent("lstm", 16), "lstm-words"),
    "bidirectional": (lambda: [both_ways()], "bidirectional-words"),
    "conv": (convolution, "conv-words"),
}

ILL: list[Case] = [
    *family(
        "constant_column_standardized",
        "tuning",
        {
            **_columns(
                flaws.both(
                    flaws.with_column(_never_seen), flaws.standardized()
                ),
                flaws.both(
                    flaws.with_column(_never_seen), flaws.standardized(1e-6)
                ),
                _WIDER,
            ),
            # Some corners of all digits are white.
            "conv": {
                **CLASSES["conv"](flaws.standardized()),
                "mended": CLASSES["conv"](flaws.standardized(1e-3)),
            },
        },
        must={"inputs": EARLY},
        may=_LOST,
    ),
    *family(
        "logarithm_of_zero",
        "scored",
        _columns(
            flaws.with_column(_logarithm),
            flaws.with_column(_logarithm_of_one_more),
            _WIDER,
        ),
        must={"inputs": EARLY},
        may=_LOST,
    ),
    *family(
        "all_inputs_zero",
        "tuning",
        {
            "conv": {
                **CLASSES["conv"](flaws.inputs(_images_of_1)),
                "mended": CLASSES["conv"](),
            },
            "lstm-words": {
                **CLASSES["lstm-words"](flaws.inputs(lambda x: x // 255)),
                "mended": CLASSES["lstm-words"](),
            },
            "gru": {
                **_GRU(flaws.inputs(np.zeros_like)),
                "mended": _GRU(),
            },
        },
        must={"inputs": EARLY},
        may=_BLIND,
    ),
    *family(
        "one_sample_for_all",
        "scored",
        {
            name: {
                **program(
                    flaws.inputs(
                        lambda x: np.broadcast_to(x[:1], x.shape).copy()
                    )
                ),
                "mended": program(),
            }
            for name, program in (
                ("dense", _LINE),
                ("conv", BINARY["conv"]),
                ("rnn", CLASSES["rnn"]),
            )
        },
        must={"inputs": EARLY},
        may=_BLIND,
    ),
    *family(
        "inputs_of_10000",
        "tuning",
        {
            name: {
                **program(flaws.inputs(flaws.times(1e4, offset))),
                "mended": program(
                    flaws.both(
                        flaws.inputs(flaws.times(1e4, offset)),
                        flaws.standardized(1e-6),
                    )
                ),
            }
            for name, program, offset in (
                ("dense", BINARY["dense"], 3e4),
                ("gru", _GRU, 2e4),
                ("lstm", _WAVES, 0.0),
                ("rnn", NUMBERS["simple_rnn-waves"], 5e4),
            )
        },
        must={"inputs": EARLY},
        may=_SATURATED,
    ),
    *family(
        "one_feature_of_another_scale",
        "scored",
        {
            name: {
                **program(
                    flaws.with_column(lambda x: 2e4 + 1e4 * flaws.counts(x))
                ),
                "mended": program(
                    flaws.both(
                        flaws.with_column(
                            lambda x: 2e4 + 1e4 * flaws.counts(x)
                        ),
                        flaws.standardized(1e-6),
                    )
                ),
            }
            for name, program in {
                **_WIDER,
                "circles": _wider(BINARY["dense"], 3),
            }.items()
        },
        must={"inputs": EARLY},
        may=_SATURATED,
    ),
    *family(
        "ids_beyond_vocabulary",
        "scored",
        {
            name: {
                **_words(*reader, size=20)(),
                "mended": _words(*reader)(),
            }
            for name, reader in _READERS.items()
        },
        must={"inputs": EARLY},
        may=_BLIND | {"nonfinite"},
    ),
    *family(
        "nothing_but_padding",
        "tuning",
        {
            name: {
                **program(_padded(0.3)),
                "mended": program(_padded(0.3, 4)),
            }
            for name, program in (
                (
                    cell,
                    CLASSES["lstm-words"].but(
                        hidden=lambda cell=cell: embedded(
                            *recurrent(cell, 16), mask_zero=True
                        ),
                        optimizer=lambda: adam(0.01),
                    ),
                )
                for cell in ("simple_rnn", "lstm", "gru")
            )
        },
        must={"inputs": EARLY},
        may=_BLIND,
    ),
]

CASES: list[Case] = [
    *ILL,
    *mended(
        ILL,
        "constant_column_standardized",
        "logarithm_of_zero",
        "inputs_of_10000",
        "one_feature_of_another_scale",
    ),
]
