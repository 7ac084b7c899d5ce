"""scikit-learn's handwritten digits, read pixel by pixel: two tasks.

Each image belongs to one split for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import picture

SIZES: Mapping[str, int] = {"train": 1237, "validation": 200, "test": 360}
"""Images of each split, 1797 in all."""

_SPLIT_SEED = 20_001


def of_split(split: Split) -> Data:
    """The images of a split and what they show.

    Args:
        split: The split.

    Returns:
        `(images, 64)` float32 in [0, 1], row by row, and `(images,)`.
    """
    x, y = _images()
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(x))
    start = {
        "train": 0,
        "validation": SIZES["train"],
        "test": len(x) - SIZES["test"],
    }[split]
    chosen = order[start : start + SIZES[split]]
    return x[chosen], y[chosen]


@cache
def _images() -> Data:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return (x / 16).astype(np.float32), y


class SequentialDigits(Task):
    """Real data: 1797 images of 8 by 8 pixels, one pixel a time step.

    Each image belongs to one split, always the same; a split's samples are
    drawn from its images without repetition.
    """

    name = "sequential_digits"
    version = 1
    definition = (
        "scikit-learn's 8x8 digits in [0, 1], row by row, one pixel per "
        "step. Which digit is it?"
    )
    source = (
        "Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, "
        "doi:10.24432/C50P49; pixel by pixel as in Le, Jaitly, Hinton 2015, "
        "arXiv:1504.00941"
    )
    length = 64
    lengths = (64, 64)
    features = 1
    outputs = 10
    chance = 0.1
    solved = 0.95
    available = SIZES
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "learning_rate": 5e-3,
        "decay": True,
        "batch_size": 32,
        "epochs": 30,
        # Compiling takes as long as it saves in 500 of these steps.
        "jit_compile": True,
        # 200 images are too few to stop on.
        "stop_when_solved": 0,
    }

    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"learning_rate": 2e-3}
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        x, y = of_split(split)
        chosen = rng.permutation(len(x))[:size]
        return x[chosen, :, np.newaxis], y[chosen]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        return f"{picture(x.reshape(8, 8))}\nanswer  {y}"


ORDER = np.random.default_rng(92_916).permutation(64)
"""The pixel that is read at each step."""


class PermutedDigits(SequentialDigits):
    """The same images, each in the same shuffled order of pixels.

    Neighboring pixels are far apart in time: the last few steps alone say
    little.
    """

    name = "permuted_digits"
    version = 1
    definition = (
        "scikit-learn's 8x8 digits in [0, 1], one pixel per step, in a "
        "fixed random order. Which digit is it?"
    )
    source = (
        "Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, "
        "doi:10.24432/C50P49; permuted as in Le, Jaitly, Hinton 2015, "
        "arXiv:1504.00941"
    )
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"learning_rate": 2e-3}
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        x, y = super()._samples(split, size, length, rng)
        return x[:, ORDER], y

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        image = np.empty(64)
        image[ORDER] = x[:, 0]
        return (
            f"as read, row by row\n{picture(x.reshape(8, 8))}\n"
            f"as it was\n{picture(image.reshape(8, 8))}\nanswer  {y}"
        )
