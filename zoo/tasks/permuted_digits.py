"""Handwritten digits, their pixels in an order without neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.drawing import picture
from zoo.tasks.sequential_digits import SequentialDigits
from zoo.tasks.splits import Data, Split

ORDER = np.random.default_rng(92_916).permutation(64)
"""The pixel that is read at each step."""


class PermutedDigits(SequentialDigits):
    """The same images, each in the same shuffled order of pixels.

    Pixels that lie side by side are far apart in time: nothing is to be
    gained from the last few steps alone.
    """

    name = "permuted_digits"
    version = 1
    definition = (
        "Scikit-learn's 8x8 digits in [0, 1], one pixel a step, in a fixed "
        "random order. Which digit is it?"
    )
    source = (
        "Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, "
        "doi:10.24432/C50P49; permuted as in Le, Jaitly, Hinton 2015, "
        "arXiv:1504.00941"
    )
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"learning_rate": 2e-3},
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
