"""A few symbols, to be repeated after a delay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import over_time

SYMBOLS = 8
RECALLED = 5
BLANK, GO = SYMBOLS, SYMBOLS + 1


class CopyMemory(Task):
    """Graded memory: each symbol that is remembered counts.

    An answer is due at every step, and is "blank" until the signal; that is
    learned at once and says nothing about memory. So only the recalled
    symbols count in the metric.
    """

    name = "copy_memory"
    version = 1
    definition = (
        "5 of 8 symbols, blanks, and a signal after which the 5 must be "
        "repeated; until then the answer is blank. The share of the "
        "repeated symbols that are correct."
    )
    source = (
        "Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; as "
        "in Arjovsky, Shah, Bengio 2016, Unitary Evolution Recurrent Neural "
        "Networks, arXiv:1511.06464, section 5.1, there 10 symbols and 100 or "
        "more blanks"
    )
    length = 20
    lengths = (2 * RECALLED + 1, 10_000)
    features = SYMBOLS + 2
    every_step = True
    outputs = SYMBOLS + 1
    metric = "recall_accuracy"
    tested = (-RECALLED, None)
    chance = 1 / SYMBOLS
    solved = 0.95
    apart = True
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "learning_rate": 5e-3,
        "batch_size": 32,
        "epochs": 30,
        # XLA halves a step of a small model, for seconds of compiling.
        "jit_compile": True,
    }

    def lag(self, length: int) -> int:
        """From each symbol's repetition back to the symbol."""
        return length - RECALLED

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        symbols = rng.integers(0, SYMBOLS, (size, RECALLED))
        seen = np.full((size, length), BLANK)
        seen[:, :RECALLED] = symbols
        seen[:, -RECALLED] = GO
        said = np.full((size, length), BLANK)
        said[:, -RECALLED:] = symbols
        return np.eye(self.features, dtype=np.float32)[seen], said

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        names = np.array([*"abcdefgh", ".", "!"])
        return over_time(
            {
                "seen": "".join(names[x.argmax(axis=1)]),
                "answer": "".join(names[y]),
            }
        )
