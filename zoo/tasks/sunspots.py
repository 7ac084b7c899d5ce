"""Three centuries of sunspots, to be forecast a year ahead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split, from_package
from zoo.tasks.drawing import curve, over_time

FIRST = 1700
"""The year of the first number."""

ANSWERS: Mapping[str, tuple[int, int]] = {
    "train": (1733, 1920),
    "test": (1921, 1955),
}
"""First and last year that a split asks for."""

CYCLE = 11
"""Years from one maximum to the next, about."""


class Sunspots(Task):
    """Forecasting of real numbers, of which there are few.

    Every answer has its own window of years before it, which are known when
    it is asked for: a rolling origin. Test answers come after all training
    answers, and validation answers are the last of the training years.
    """

    name = "sunspots"
    version = 1
    definition = (
        "The yearly number of sunspots, scaled by its mean and deviation up "
        "to 1920. What follows 33 years, for 1921 to 1955? Chance is that a "
        "year is like the last one; that it is like the one eleven years "
        "before gets 0.735. Solved is what a linear autoregression of order 9 "
        "gets, fitted to the years up to 1920."
    )
    source = (
        "statsmodels, public domain, from the National Geophysical Data "
        "Center; these years as in Weigend, Huberman, Rumelhart 1990, "
        "Predicting the Future: A Connectionist Approach, "
        "doi:10.1142/S0129065790000102"
    )
    length = 33
    lengths = (2, 33)
    features = 1
    outputs = 1
    activation = "linear"
    loss = "mse"
    metric = "nrmse"
    higher_is_better = False
    chance = 0.739
    solved = 0.402
    carved = True
    available: ClassVar[Mapping[str, int]] = {
        "train": 188,
        "validation": 31,
        "test": 35,
    }
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 32,
        "learning_rate": 3e-3,
        "decay": True,
        "batch_size": 16,
        "epochs": 30,
        "stop_when_solved": 0,
        "validation_size": 0,
        "jit_compile": True,
    }
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"learning_rate": 1e-3}
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        first, last = ANSWERS["test" if split == "test" else "train"]
        years = np.arange(first, last + 1)
        if split == "validation":
            years = rng.permutation(years[-size:])
        elif split == "train":
            early = len(years) - self.available["validation"]
            years = rng.permutation(years[: max(size, early)])
        years = years[:size]
        at = years - FIRST
        series = numbers()
        windows = at[:, np.newaxis] + np.arange(-length, 0)
        return series[windows][..., np.newaxis], series[at][:, np.newaxis]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        seen = curve(x[:, 0], -1.3, 3.3)
        rows = {"seen": seen, "answer": " " * len(seen) + curve(y, -1.3, 3.3)}
        return f"{over_time(rows)}\n\nanswer  {y[0]:.3f}"


@cache
def numbers() -> npt.NDArray[np.float32]:
    """The number of each year, from `FIRST` on, `(309,)`.

    They are scaled to mean 0 and variance 1 over the years to the last that
    is trained on.
    """

    def load() -> Any:
        from statsmodels.datasets import sunspots

        return sunspots.load_pandas().data["SUNACTIVITY"]

    raw = np.asarray(from_package("statsmodels", load), float)
    known = raw[: ANSWERS["train"][1] + 1 - FIRST]
    scaled: npt.NDArray[Any] = (raw - known.mean()) / known.std()
    return scaled.astype(np.float32)
