"""Which split a sample belongs to, where few different ones exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt

Split = Literal["train", "validation", "test"]
Data = tuple[npt.NDArray[Any], npt.NDArray[Any]]

_SHARES: dict[int, Split] = {
    0: "train",
    1: "train",
    2: "validation",
    3: "test",
}
"""Who owns the samples whose checksum has that remainder."""


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
        draw: Makes so many samples of any split, new ones at every call.

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
