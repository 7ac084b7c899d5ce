"""Handwritten digits, read pixel by pixel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np

from zoo.tasks.base import TEST_SEED, Data, Split, Task


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
    available: ClassVar[Mapping[str, int]] = {
        "train": 1237,
        "validation": 200,
        "test": 360,
    }
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
        x, y = _images()
        order = np.random.default_rng(TEST_SEED).permutation(len(x))
        start = {
            "train": 0,
            "validation": self.available["train"],
            "test": len(x) - self.available["test"],
        }[split]
        images = order[start : start + self.available[split]]
        chosen = rng.permutation(images)[:size]
        return x[chosen], y[chosen]


@cache
def _images() -> Data:
    """All images, `(1797, 64, 1)`, and what they show."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return (x[..., np.newaxis] / 16).astype(np.float32), y
