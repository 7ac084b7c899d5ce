"""A video of a digit: in which direction does it move?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks import digits
from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import picture

SIDE = 16
WAYS = (
    "north", "north-east", "east", "south-east",
    "south", "south-west", "west", "north-west",
)  # fmt: skip
_ROWS = np.array([-1, -1, 0, 1, 1, 1, 0, -1])
_COLUMNS = np.array([0, 1, 1, 1, 0, -1, -1, -1])
_NOISE = 0.1


class MovingDigits(Task):
    """Video: no single frame has the answer.

    What leaves the canvas comes back on the other side, so the final
    position says nothing either. The test shows other images than the
    training data.
    """

    name = "moving_digits"
    version = 1
    definition = (
        "One of scikit-learn's 8x8 digits moves over a 16x16 canvas with "
        "wrap-around edges, one pixel per frame, in noise. In which of "
        "eight directions does it move?"
    )
    source = (
        "Srivastava, Mansimov, Salakhutdinov 2015, Unsupervised Learning of "
        "Video Representations using LSTMs, arXiv:1502.04681 (Moving MNIST); "
        "images: Alpaydin and Kaynak 1998, doi:10.24432/C50P49"
    )
    length = 20
    lengths = (2, 1000)
    features = SIDE * SIDE
    outputs = len(WAYS)
    chance = 1 / len(WAYS)
    solved = 0.95
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "learning_rate": 2e-3,
        "epochs": 20,
        # The gated cells need some 200 steps: too few to compile for.
        "jit_compile": False,
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        images, _ = digits.of_split(split)
        image = images[rng.integers(0, len(images), size)].reshape(-1, 8, 8)
        way = rng.integers(0, len(WAYS), size)
        row, column = rng.integers(0, SIDE, (2, size, 1))
        time = np.arange(length)
        # (size, length, 1, 1), (8, 1) and (1, 8): all pixels at once.
        rows = (row + _ROWS[way, np.newaxis] * time)[..., None, None]
        columns = (column + _COLUMNS[way, np.newaxis] * time)[..., None, None]
        film = np.zeros((size, length, SIDE, SIDE), np.float32)
        film[
            np.arange(size)[:, None, None, None],
            time[:, None, None],
            (rows + np.arange(8)[:, None]) % SIDE,
            (columns + np.arange(8)) % SIDE,
        ] = image[:, np.newaxis]
        film += _NOISE * rng.standard_normal(film.shape, np.float32)
        return film.reshape(size, length, -1), way

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        frames = x.reshape(-1, SIDE, SIDE)
        shown = [0, len(frames) // 4, len(frames) // 2]
        parts = [
            f"frame {i}\n{picture(frames[i], 0.2, 1.2)}"
            for i in dict.fromkeys(shown)
        ]
        return "\n".join([*parts, f"answer  {WAYS[y]}"])
