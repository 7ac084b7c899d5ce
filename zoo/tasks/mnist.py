"""MNIST through `keras.datasets`, by pixel and by row: two tasks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split, downloaded
from zoo.tasks.drawing import picture

SIZES: Mapping[str, int] = {"train": 55_000, "validation": 5000, "test": 10_000}
SIDE = 28
SOURCE = (
    "LeCun, Bottou, Bengio, Haffner 1998, Gradient-Based Learning Applied to "
    "Document Recognition, doi:10.1109/5.726791"
)


def of_split(split: Split) -> Data:
    """The images of a split and what they show.

    Args:
        split: The split; validation is the last twelfth of the training
            data, 5000 images.

    Returns:
        `(images, 28, 28)` float32 in [0, 1], and `(images,)`.

    Raises:
        ConnectionError: If they must be downloaded and cannot.
    """
    train, test = _load()
    images, digits = test if split == "test" else train
    own = {
        "train": slice(None, -len(digits) // 12),
        "validation": slice(-len(digits) // 12, None),
        "test": slice(None),
    }[split]
    x = images[own].astype(np.float32) / 255
    return x, digits[own].astype(np.intp)


@cache
def _load() -> Any:
    def load() -> Any:
        from keras.datasets import mnist

        return mnist.load_data()

    return downloaded("mnist.npz", load)


class MnistPixels(Task):
    """Handwritten digits over 784 time steps; downloaded at first use."""

    name = "mnist_pixels"
    version = 1
    definition = (
        "MNIST's 28x28 digits in [0, 1], row by row, one pixel per step. "
        "Which digit is it? Downloaded at first use."
    )
    source = (
        f"{SOURCE}; pixel by pixel as in Le, Jaitly, Hinton 2015, "
        "arXiv:1504.00941"
    )
    length = SIDE**2
    lengths = (length, length)
    features = 1
    outputs = 10
    # The test data have 1135 ones, more than any other digit.
    chance = 0.1135
    solved = 0.98
    available = SIZES
    offline = False
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 128,
        "learning_rate": 1e-3,
        "clipnorm": 1.0,
        "epochs": 30,
        "jit_compile": True,
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        x, y = of_split(split)
        chosen = rng.permutation(len(x))[:size]
        return x[chosen].reshape(-1, length, self.features), y[chosen]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        image = x.reshape(SIDE, SIDE)
        return f"{picture(image)}\nanswer  {y}"


class MnistRows(MnistPixels):
    """Handwritten digits over 28 time steps; downloaded at first use."""

    name = "mnist_rows"
    version = 1
    definition = (
        "MNIST's 28x28 digits in [0, 1], one row per step. Which digit is "
        "it? Downloaded at first use."
    )
    source = SOURCE
    length = SIDE
    lengths = (length, length)
    features = SIDE
    recipe: ClassVar[Mapping[str, Any]] = {
        **MnistPixels.recipe,
        "units": 64,
        "clipnorm": None,
        "epochs": 10,
    }
