"""Which of two symbols came first, and which second, among distractors?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import over_time


class TemporalOrder(Task):
    """Remember two symbols that are far apart, and their order.

    With plain SGD the gradients of a SimpleRNN explode on it without any
    number becoming infinite, since tanh is bounded: the loss just stays at
    chance. Clipping them cures it.
    """

    name = "temporal_order"
    version = 1
    definition = (
        "6 one-hot symbols. A or B appears at a random position in [.1T, "
        ".2T) and again in [.5T, .6T); the other four fill the rest at "
        "random. Was it AA, AB, BA or BB?"
    )
    source = (
        "Hochreiter and Schmidhuber 1997, Long Short-Term Memory, experiment "
        "6a, doi:10.1162/neco.1997.9.8.1735; as in Pascanu, Mikolov, Bengio "
        "2013, On the difficulty of training RNNs, arXiv:1211.5063"
    )
    length = 50
    lengths = (10, 10_000)
    features = 6
    outputs = 4
    chance = 0.25
    solved = 0.95
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 50,
        "learning_rate": 2e-3,
        "train_size": 5000,
        "epochs": 10,
        # Most models solve it before XLA has made up for compiling.
        "jit_compile": False,
    }
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {
            "optimizer": "sgd",
            "learning_rate": 0.1,
            "batch_size": 20,
        },
        "gru": {"learning_rate": 5e-3, "batch_size": 20},
    }

    def lag(self, length: int) -> int:
        """The first symbol comes after a tenth of the sequence."""
        return length - 1 - round(0.1 * length)

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        first, second = rng.integers(0, 2, (2, size))
        symbols = rng.integers(2, self.features, (size, length))
        row = np.arange(size)
        symbols[row, _place(rng, size, length, 0.1)] = first
        symbols[row, _place(rng, size, length, 0.5)] = second
        x = np.eye(self.features, dtype=np.float32)[symbols]
        return x, 2 * first + second

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        seen = "".join(np.array([*"ABcdef"])[x.argmax(axis=1)])
        answer = ("AA", "AB", "BA", "BB")[y]
        return f"{over_time({'seen': seen})}\n\nanswer  {answer}"


def _place(
    rng: np.random.Generator, size: int, length: int, start: float
) -> np.ndarray:
    """A random place in the tenth of the sequence that begins at `start`."""
    return rng.integers(
        round(start * length), round((start + 0.1) * length), size
    )
