"""Strings of a grammar whose end repeats their beginning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import over_time

SYMBOLS = "BTPSXVE"
REPEATS = 5

_GRAMMAR = {
    0: (("T", 1), ("P", 2)),
    1: (("S", 1), ("X", 3)),
    2: (("T", 2), ("V", 4)),
    3: (("X", 2), ("S", 5)),
    4: (("P", 3), ("V", 5)),
}
"""State to what may come next, at even chances; state 5 is the end."""

_SHORTEST_LENGTH = 40


class Reber(Task):
    """The second-last symbol repeats the second one, from long before.

    Most of the next symbols follow from the last few, and the loss asks for
    all of them; only the second-last one needs a long memory, and only it
    counts in the metric.

    Shorter strings are padded in front. The padding is masked, so it counts
    neither in the loss nor in a state, and all strings end together.
    """

    name = "reber"
    version = 1
    definition = (
        "B c R R R R R c E: c is T or P, and R a string of Reber's grammar. "
        "Predict each next symbol; the test is the second c. Padded in "
        "front, masked."
    )
    source = (
        "Reber 1967, Implicit Learning of Artificial Grammars, "
        "doi:10.1016/S0022-5371(67)80149-X; Hochreiter and Schmidhuber 1997, "
        "experiment 1, doi:10.1162/neco.1997.9.8.1735; several strings in a "
        "row as in Gers, Schmidhuber, Cummins 2000, "
        "doi:10.1162/089976600300015015"
    )
    length = 60
    lengths = (_SHORTEST_LENGTH, 1000)
    features = len(SYMBOLS)
    masked = True
    every_step = True
    outputs = len(SYMBOLS)
    metric = "recall_accuracy"
    tested = (-2, -1)
    chance = 0.5
    solved = 0.98
    apart = True
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 48,
        "learning_rate": 5e-3,
        "epochs": 20,
        # The gated cells need some 600 steps: too few to compile for.
        "jit_compile": False,
    }
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"jit_compile": True}
    }

    def lag(self, length: int) -> int:
        """A string that fills all steps has its c in the second."""
        return length - 3

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        x = np.zeros((size, length, self.features), np.float32)
        y = np.zeros((size, length), np.intp)
        one_hot = np.eye(self.features, dtype=np.float32)
        strings = _strings(length + 1, rng)
        for sample, answer in zip(x, y, strict=True):
            symbols = [SYMBOLS.index(symbol) for symbol in next(strings)]
            steps = len(symbols) - 1
            sample[-steps:] = one_hot[symbols[:-1]]
            answer[-steps:] = symbols[1:]
        return x, y

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        there = x.any(axis=1)
        names = np.array([*SYMBOLS])
        return over_time(
            {
                "seen": "".join(np.where(there, names[x.argmax(axis=1)], ".")),
                "answer": "".join(np.where(there, names[y], ".")),
                "tested": " " * (len(y) - 2) + "^ ",
            }
        )


def _strings(longest: int, rng: np.random.Generator) -> Iterator[str]:
    """Strings of the whole grammar that are not too long, without end."""
    coins = _coins(rng)
    while True:
        inner = "".join(_reber(coins) for _ in range(REPEATS))
        c = "TP"[next(coins)]
        string = f"B{c}{inner}{c}E"
        if len(string) <= longest:
            yield string


def _reber(coins: Iterator[int]) -> str:
    """A string of Reber's grammar, with its own B and E."""
    string, state = "B", 0
    while state in _GRAMMAR:
        symbol, state = _GRAMMAR[state][next(coins)]
        string += symbol
    return string + "E"


def _coins(rng: np.random.Generator) -> Iterator[int]:
    """Zeros and ones without end; one by one, they would take most time."""
    while True:
        yield from rng.integers(0, 2, 1024).tolist()
