"""MNIST through `keras.datasets`: the images of `mnist_rows` and so on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from zoo.tasks.downloads import downloaded
from zoo.tasks.splits import Data, Split

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
