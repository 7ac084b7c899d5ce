"""Brackets of two kinds: which one is open?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import over_time

DEPTH = 8
EMPTY = 0


class Dyck(Task):
    """A context-free language: the model must learn a stack.

    The depth is at most 8, so that a network of finite precision can.
    """

    name = "dyck"
    version = 1
    definition = (
        "Brackets of two kinds, at most 8 deep, which open and close with "
        "equal probability and close what was opened last. After each: "
        "which kind is the innermost open one, if any? Also tested on "
        "longer sequences."
    )
    source = (
        "Chomsky and Schuetzenberger 1963, The Algebraic Theory of "
        "Context-Free Languages, doi:10.1016/S0049-237X(08)72023-8; bounded "
        "in depth as in Hewitt et al. 2020, RNNs can generate bounded "
        "hierarchical languages with optimal memory, arXiv:2010.07515"
    )
    length = 40
    lengths = (10, 10_000)
    features = 4
    every_step = True
    outputs = 3
    chance = 0.448
    solved = 0.98
    longer = (120,)
    apart = True
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 48,
        "learning_rate": 5e-3,
        "epochs": 20,
        # XLA halves a step of a small model, for seconds of compiling.
        "jit_compile": True,
    }

    def lag(self, length: int) -> int:
        """What is open at the end may have been opened first of all."""
        return length - 1

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        opens = rng.random((size, length)) < 0.5
        kinds = rng.integers(1, 3, (size, length))
        row = np.arange(size)
        # What is open, by depth; below it all is empty.
        stack = np.full((size, DEPTH + 1), EMPTY)
        depth = np.zeros(size, np.intp)
        symbols = np.empty((size, length), np.intp)
        top = np.empty((size, length), np.intp)
        for t in range(length):
            opening = (opens[:, t] | (depth == 0)) & (depth < DEPTH)
            kind = np.where(opening, kinds[:, t], stack[row, depth])
            depth += np.where(opening, 1, -1)
            stack[row[opening], depth[opening]] = kind[opening]
            symbols[:, t] = kind - 1 + 2 * ~opening
            top[:, t] = stack[row, depth]
        return np.eye(self.features, dtype=np.float32)[symbols], top

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        return over_time(
            {
                "brackets": "".join(np.array([*"([)]"])[x.argmax(axis=1)]),
                "open": "".join(np.array([*".(["])[y]),
            }
        )
