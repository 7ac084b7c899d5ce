"""Handwritten digits, read pixel by pixel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks import digits
from zoo.tasks.base import Task
from zoo.tasks.drawing import picture
from zoo.tasks.splits import Data, Split


class SequentialDigits(Task):
    """Real data: 1797 images of 8 by 8 pixels, one pixel a time step.

    Each image belongs to one split, always the same; a split's samples are
    drawn from its images without repetition.
    """

    name = "sequential_digits"
    version = 1
    definition = (
        "Scikit-learn's 8x8 digits in [0, 1], row by row, one pixel a step. "
        "Which digit is it?"
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
    activation = "softmax"
    loss = "sparse_categorical_crossentropy"
    metric = "accuracy"
    higher_is_better = True
    chance = 0.1
    solved = 0.95
    available = digits.SIZES
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
        "train_size": available["train"],
        "validation_size": available["validation"],
        "test_size": available["test"],
    }

    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"learning_rate": 2e-3},
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        x, y = digits.of_split(split)
        chosen = rng.permutation(len(x))[:size]
        return x[chosen, :, np.newaxis], y[chosen]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        return f"{picture(x.reshape(8, 8))}\nanswer  {y}"
