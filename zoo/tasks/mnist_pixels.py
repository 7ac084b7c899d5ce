"""MNIST pixel by pixel: the task of the published tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks import mnist
from zoo.tasks.base import Task
from zoo.tasks.drawing import picture
from zoo.tasks.splits import Data, Split


class MnistPixels(Task):
    """Handwritten digits over 784 time steps; downloaded at first use."""

    name = "mnist_pixels"
    version = 1
    definition = (
        "MNIST's 28x28 digits in [0, 1], row by row, one pixel a step. Which "
        "digit is it? Downloaded at first use."
    )
    source = (
        f"{mnist.SOURCE}; pixel by pixel as in Le, Jaitly, Hinton 2015, "
        "arXiv:1504.00941"
    )
    length = mnist.SIDE**2
    lengths = (length, length)
    features = 1
    outputs = 10
    activation = "softmax"
    loss = "sparse_categorical_crossentropy"
    metric = "accuracy"
    higher_is_better = True
    # The test data have 1135 ones, more than any other digit.
    chance = 0.1135
    solved = 0.98
    available = mnist.SIZES
    offline = False
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 128,
        "learning_rate": 1e-3,
        "clipnorm": 1.0,
        "epochs": 30,
        "jit_compile": True,
        "train_size": available["train"],
        "validation_size": available["validation"],
        "test_size": available["test"],
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        x, y = mnist.of_split(split)
        chosen = rng.permutation(len(x))[:size]
        return x[chosen].reshape(-1, length, self.features), y[chosen]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        image = x.reshape(mnist.SIDE, mnist.SIDE)
        return f"{picture(image)}\nanswer  {y}"
