"""The sum of two marked numbers among a hundred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import curve, over_time


class Adding(Task):
    """Remember two numbers and add them.

    The standard test of memory: always answering 1 has a mean squared error
    of 1/6, and a network whose gradient vanishes in time does no better.
    """

    name = "adding"
    version = 1
    definition = (
        "Channel 0 is uniform in [0, 1); channel 1 is 0 except for two "
        "ones, one in each half. The sum of the two marked numbers."
    )
    source = (
        "Hochreiter and Schmidhuber 1997, Long Short-Term Memory, experiment "
        "4, doi:10.1162/neco.1997.9.8.1735; as in Le, Jaitly, Hinton 2015, A "
        "Simple Way to Initialize Recurrent Networks of Rectified Linear "
        "Units, arXiv:1504.00941"
    )
    length = 100
    lengths = (2, 10_000)
    features = 2
    outputs = 1
    activation = "linear"
    loss = "mse"
    metric = "mse"
    higher_is_better = False
    chance = 1 / 6
    solved = 0.01
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 48,
        "learning_rate": 5e-3,
        "batch_size": 50,
        "epochs": 25,
        # Compiling takes as long as it saves in 500 of these steps.
        "jit_compile": True,
    }
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"learning_rate": 2e-3}
    }

    def lag(self, length: int) -> int:
        """The first marked number may be the first of all."""
        return length - 1

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        x = np.zeros((size, length, self.features), np.float32)
        x[:, :, 0] = rng.random((size, length), np.float32)
        row = np.arange(size)
        x[row, rng.integers(0, length // 2, size), 1] = 1
        x[row, rng.integers(length // 2, length, size), 1] = 1
        return x, x.prod(axis=2).sum(axis=1, keepdims=True)

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        rows = {
            "numbers": curve(x[:, 0]),
            "marked": "".join(np.where(x[:, 1] > 0, "^", " ")),
        }
        terms = " + ".join(f"{value:.3f}" for value in x[x[:, 1] > 0, 0])
        return f"{over_time(rows)}\n\nanswer  {terms} = {y[0]:.3f}"
