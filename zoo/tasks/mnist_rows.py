"""MNIST row by row: short, and easy for every cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from zoo.tasks import mnist
from zoo.tasks.mnist_pixels import MnistPixels


class MnistRows(MnistPixels):
    """Handwritten digits over 28 time steps; downloaded at first use."""

    name = "mnist_rows"
    version = 1
    definition = (
        "MNIST's 28x28 digits in [0, 1], one row a step. Which digit is it? "
        "Downloaded at first use."
    )
    source = mnist.SOURCE
    length = mnist.SIDE
    lengths = (length, length)
    features = mnist.SIDE
    recipe: ClassVar[Mapping[str, Any]] = {
        **MnistPixels.recipe,
        "units": 64,
        "clipnorm": None,
        "epochs": 10,
    }
