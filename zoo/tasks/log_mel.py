"""From sound to a log-mel spectrogram: energy by time and pitch."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 22_050
"""Samples a second."""

FRAMES = 40
BANDS = 40
HOP = 441
"""Samples from one frame to the next: 20 ms."""

LEVELS = 20
STEP = 3
"""Decibels a level: from the loudest of a sound down to 60 below it."""

_WINDOW = 551
_SIZE = 1024
_LOWEST, _HIGHEST = 80.0, 8000.0


def levels(sound: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The log-mel spectrogram of a sound, in a few levels of loudness.

    Args:
        sound: `(samples,)`, at 22,050 Hz; what is beyond 0.8 s is cut off.

    Returns:
        `(40, 40)`, time by pitch: 0 for 60 decibels or more below the
        loudest, 20 for the loudest.
    """
    needed = (FRAMES - 1) * HOP + _WINDOW
    padded = np.zeros(needed)
    padded[: len(sound)] = sound[:needed]
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP]
    spectrum = np.fft.rfft(frames * np.hanning(_WINDOW), _SIZE)
    energy = np.abs(spectrum) ** 2 @ _filters().T
    decibels = 10 * np.log10(energy / energy.max() + 1e-12)
    above = np.clip(LEVELS + decibels / STEP, 0, LEVELS)
    rounded: npt.NDArray[np.uint8] = np.rint(above).astype(np.uint8)
    return rounded


@cache
def _filters() -> npt.NDArray[np.float64]:
    """`(bands, frequencies)`: triangles, evenly spaced by the mel scale."""
    low, high = _mel(np.array([_LOWEST, _HIGHEST]))
    corners = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    left, middle, right = (corners[i : i + BANDS, np.newaxis] for i in range(3))
    hertz = np.fft.rfftfreq(_SIZE, 1 / RATE)
    rising = (hertz - left) / (middle - left)
    falling = (right - hertz) / (right - middle)
    return np.clip(np.minimum(rising, falling), 0, None)


def _mel(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Pitch as it is heard (O'Shaughnessy 1987)."""
    mel: npt.NDArray[np.float64] = 2595 * np.log10(1 + hertz / 700)
    return mel
