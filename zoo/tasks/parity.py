"""Was the number of ones so far odd?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import over_time


class Parity(Task):
    """One bit of memory, which every input may flip.

    What was learned on short sequences holds for longer ones only if the
    model found the rule; so it is tested on those, too.
    """

    name = "parity"
    version = 1
    definition = (
        "Random bits, one-hot. After every step: was the number of ones so "
        "far odd? Also tested on longer sequences than those of training."
    )
    source = (
        "Graves 2016, Adaptive Computation Time for Recurrent Neural "
        "Networks, arXiv:1603.08983, section 3.1; over time and by length as "
        "in Deletang et al. 2023, Neural Networks and the Chomsky Hierarchy, "
        "arXiv:2207.02098"
    )
    length = 20
    lengths = (10, 10_000)
    features = 2
    every_step = True
    outputs = 2
    chance = 0.5
    solved = 0.99
    longer = (40, 100)
    apart = True
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 32,
        "learning_rate": 5e-3,
        "epochs": 30,
        # It takes some 400 steps: too few to compile for.
        "jit_compile": False,
    }

    def lag(self, length: int) -> int:
        """Every bit decides, the first one, too."""
        return length - 1

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        bits = rng.integers(0, 2, (size, length))
        return np.eye(2, dtype=np.float32)[bits], bits.cumsum(axis=1) % 2

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        return over_time(
            {
                "bits": "".join(map(str, x.argmax(axis=1))),
                "odd": "".join(map(str, y)),
            }
        )
