"""Samples as text, so that a person can see what the model sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

WIDTH = 60
"""Time steps a line."""

_SHADES = np.array(list(" ░▒▓█"))
_BARS = np.array(list("▁▂▃▄▅▆▇█"))


def picture(image: npt.NDArray[Any], low: float = 0, high: float = 1) -> str:
    """An image in shades, two characters a pixel.

    Args:
        image: `(rows, columns)`.
        low: Value of an empty pixel.
        high: Value of a full one.
    """
    shades = _pick(_SHADES, image, low, high)
    rows = ("".join(row).rstrip() for row in np.repeat(shades, 2, axis=1))
    return "\n".join(rows)


def curve(values: npt.NDArray[Any], low: float = 0, high: float = 1) -> str:
    """Numbers as bars, one character each.

    Args:
        values: `(steps,)`.
        low: Value of the lowest bar.
        high: Value of the highest.
    """
    return "".join(_pick(_BARS, values, low, high))


def over_time(rows: Mapping[str, str], width: int = WIDTH) -> str:
    """Lines of one character a time step below each other, folded together.

    Args:
        rows: Title to line, all of one length.
        width: Time steps a line.
    """
    steps = max(map(len, rows.values()))
    margin = max(map(len, rows)) + 2
    blocks = [
        "\n".join(
            f"{title:{margin}}{line[start : start + width]}".rstrip()
            for title, line in rows.items()
        )
        for start in range(0, steps, width)
    ]
    return "\n\n".join(blocks)


def _pick(
    characters: npt.NDArray[Any],
    values: npt.NDArray[Any],
    low: float,
    high: float,
) -> npt.NDArray[Any]:
    share = np.clip((values - low) / (high - low), 0, 1)
    picked: npt.NDArray[Any] = characters[
        np.rint(share * (len(characters) - 1)).astype(int)
    ]
    return picked
