"""Sick: ordinary programs of which one part is wrong.

Their mended versions are the healthy families of losses and padding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

from zoo.clinic import data
from zoo.clinic.case import ANY_TIME, EARLY, Array, Case, Samples, family
from zoo.clinic.networks import recurrent
from zoo.clinic.programs import (
    CLASSES,
    NUMBERS,
    XLA,
    Flaw,
    Program,
    asked_twice,
)

_LOST = {"nonfinite", "dead_units", "slow_progress", "exploding"}
"""What follows where XLA or a GPU makes NaN of a label."""

_FOLLOWS = {
    "slow_progress",
    "exploding",
    "large_updates",
    "dead_units",
    "saturation",
    "small_updates",
    "vanishing",
    "oscillation",
    "overfitting",
}
"""What follows where the loss is not what it is meant to be."""


def _sum_too(program: Program, factor: float) -> dict[str, Any]:
    """A class, and a number in another unit."""
    return asked_twice(
        program,
        (1, None, "mse"),
        lambda x, y: factor * x.reshape(len(x), -1).mean(axis=1),
    )


def _padded(cell: str, padding: int) -> Any:
    """An answer at each step; what stands after the end is -1, or -100."""
    return CLASSES["gru"].but(
        data=lambda: data.ragged(padding),
        inputs=(16, 1),
        hidden=lambda: recurrent(cell, 16, return_sequences=True),
        loss=keras.losses.SparseCategoricalCrossentropy(ignore_class=-1),
        compiled=XLA,
    )(epochs=10)


_IMAGES = NUMBERS["dense"].but(
    data=data.digits,
    inputs=(64,),
    units=64,
    activation="sigmoid",
    loss="binary_crossentropy",
    metrics=("mse",),
    epochs=15,
)


def _again(change: Callable[[Array], Array]) -> Flaw:
    """Images that are to be given again, as they are or after a change."""

    def flaw(samples: Samples) -> Samples:
        x, x_validation = (
            change(part.reshape(len(part), -1)).astype(np.float32)
            for part in (samples.x, samples.x_validation)
        )
        return Samples(x, x, x_validation, x_validation)

    return flaw


def _shares(rounded: bool = False) -> Array:
    """What each sample is worth, as a share; as a whole number it is 0."""
    shares = np.random.default_rng(3).uniform(0.2, 0.9, 1200)
    return np.floor(shares) if rounded else shares


CASES: list[Case] = [
    *family(
        "one_output_of_a_million",
        "tuning",
        {
            name: {
                **_sum_too(CLASSES[name], 1e6),
                "mended": _sum_too(CLASSES[name], 1.0),
            }
            for name in ("gru", "conv")
        },
        must={"targets": EARLY},
        may=_FOLLOWS | {"nonfinite", "behavior"},
    ),
    *family(
        "padding_that_is_not_ignored",
        "scored",
        {
            cell: {**_padded(cell, -100), "mended": _padded(cell, -1)}
            for cell in ("lstm", "gru")
        },
        must={"labels": EARLY},
        may=_LOST,
    ),
    *family(
        "images_beyond_one",
        "tuning",
        {
            name: {
                **program(_again(lambda x: x * 1.07 - 0.03)),
                "mended": program(_again(lambda x: x)),
            }
            for name, program in (
                (
                    "lstm-rows",
                    _IMAGES.but(
                        hidden=lambda: [
                            layers.Reshape((8, 8)),
                            *recurrent("lstm", 32),
                        ]
                    ),
                ),
                ("dense", _IMAGES),
            )
        },
        must={"output_and_loss": ANY_TIME},
        may=_FOLLOWS,
    ),
    *family(
        "weights_that_are_all_zero",
        "scored",
        {
            name: {
                **CLASSES[name](fit_with={"sample_weight": _shares(True)}),
                "mended": {"fit_with": {"sample_weight": _shares()}},
            }
            for name in ("lstm-words", "bidirectional-words")
        },
        must={"output_and_loss": EARLY},
        may=_FOLLOWS,
    ),
]
