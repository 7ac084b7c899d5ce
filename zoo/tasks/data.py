"""What data of a task are: arrays, their splits, and how they are fetched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt

Split = Literal["train", "validation", "test"]
Data = tuple[npt.NDArray[Any], npt.NDArray[Any]]

_SHARES: dict[int, Split] = {0: "train", 1: "train", 2: "validation", 3: "test"}
"""The split that owns the samples whose checksum has that remainder."""


def owner(sample: npt.NDArray[Any]) -> Split:
    """The one split that a sample belongs to, whatever the seed.

    Args:
        sample: What the model sees of it.
    """
    return _SHARES[crc32(sample.tobytes()) % len(_SHARES)]


def of_split(split: Split, size: int, draw: Callable[[int], Data]) -> Data:
    """Draws samples until enough of them belong to a split.

    Args:
        split: The split.
        size: Number of samples.
        draw: Makes that many samples of any split, new ones at every call.

    Returns:
        `x` and `y`, `size` samples each.
    """
    found: list[Data] = []
    missing = size
    while missing:
        x, y = draw(size)
        mine = np.array([owner(sample) == split for sample in x])
        x, y = x[mine][:missing], y[mine][:missing]
        found.append((x, y))
        missing -= len(x)
    return (
        np.concatenate([x for x, _ in found]),
        np.concatenate([y for _, y in found]),
    )


def from_package(package: str, load: Callable[[], Any]) -> Any:
    """What a package brings that `pip install "kgrad[data]"` installs.

    Args:
        package: Its name.
        load: Imports it and reads the data.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        return load()
    except ModuleNotFoundError as error:
        raise ImportError(
            f"The data of this task come with the package `{package}`: "
            f'`pip install "kgrad[data]"`. Received: {error}'
        ) from error


def downloaded(file: str, load: Callable[[], Any]) -> Any:
    """What a loader of `keras.datasets` returns; it downloads at first use.

    Args:
        file: Name of the file that it keeps.
        load: The loader.

    Raises:
        ConnectionError: If the file is not there and cannot be fetched.
    """
    try:
        return load()
    except Exception as error:
        # `keras.utils.get_file` raises nothing more definite.
        if "URL fetch failure" not in str(error):
            raise
        raise ConnectionError(
            f"`{file}` must be downloaded once, which needs a network: "
            f"{error}. Without one, put it into the folder `datasets` of "
            "Keras' home (~/.keras, or $KERAS_HOME). "
            f"Received: file={file!r}"
        ) from error
