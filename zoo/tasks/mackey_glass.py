"""A chaotic time series, to be forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import curve, over_time

AHEAD = 6
DELAY = 17
MEAN, DEVIATION = 0.9300, 0.2260
"""Of the series, over a long time: what it is scaled by."""

_SUBSTEPS = 10
_SETTLED = 300
_WINDOWS = 40
"""Of one trajectory; others start from elsewhere."""


class MackeyGlass(Task):
    """Forecasting, and a control: nothing vanishes, nothing explodes.

    The answer's variance is 1, so the root mean squared error is already
    normalized.
    """

    name = "mackey_glass"
    version = 1
    definition = (
        "dx/dt = 0.2 x(t-17) / (1 + x(t-17)^10) - 0.1 x(t), by RK4 with ten "
        "steps per unit of time, sampled once per unit, scaled to mean 0 "
        "and variance 1. Its value 6 units ahead; chance is that it stays "
        "the same."
    )
    source = (
        "Mackey and Glass 1977, Oscillation and Chaos in Physiological "
        "Control Systems, doi:10.1126/science.267326; 6 units ahead as in "
        "Jang 1993, ANFIS, doi:10.1109/21.256541"
    )
    length = 50
    lengths = (2, 1000)
    features = 1
    outputs = 1
    activation = "linear"
    loss = "mse"
    metric = "nrmse"
    higher_is_better = False
    chance = 0.82
    solved = 0.05
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 32,
        "learning_rate": 5e-3,
        "decay": True,
        "epochs": 20,
        "stop_when_solved": 0,
        # XLA halves a step of a small model, for seconds of compiling.
        "jit_compile": True,
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        runs = -(-size // _WINDOWS)
        spread = 10 * _WINDOWS
        series = trajectories(runs, length + AHEAD + spread, rng)
        series = ((series - MEAN) / DEVIATION).astype(np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(
            series, length + AHEAD, axis=1
        )
        run = np.arange(size) % runs
        chosen = windows[run, rng.integers(0, spread, size)]
        return chosen[:, :length, np.newaxis], chosen[:, -1:]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        gap = " " * (AHEAD - 1)
        seen = curve(x[:, 0], -2.5, 2)
        answer = " " * len(seen) + gap + curve(y, -2.5, 2)
        rows = {"seen": seen, "answer": answer}
        return f"{over_time(rows, width=len(answer))}\n\nanswer  {y[0]:.3f}"


def trajectories(
    runs: int, length: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Solutions of the equation, each from a random constant history.

    Args:
        runs: How many.
        length: Units of time, after it has settled.
        rng: Chooses the histories.

    Returns:
        `(runs, length)`, one value a unit of time.
    """
    delay = DELAY * _SUBSTEPS
    steps = (_SETTLED + length) * _SUBSTEPS
    x = np.empty((delay + steps, runs))
    x[: delay + 1] = rng.uniform(0.5, 1.3, runs)
    # What x(t-17) adds; halfway between two steps, their mean.
    feed = np.empty_like(x)
    feed[: delay + 1] = _feed(x[: delay + 1])
    h = 1 / _SUBSTEPS
    for t in range(delay, delay + steps - 1):
        first, last = feed[t - delay], feed[t - delay + 1]
        middle = _feed((x[t - delay] + x[t - delay + 1]) / 2)
        now = x[t]
        k1 = first - 0.1 * now
        k2 = middle - 0.1 * (now + h / 2 * k1)
        k3 = middle - 0.1 * (now + h / 2 * k2)
        k4 = last - 0.1 * (now + h * k3)
        x[t + 1] = now + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        feed[t + 1] = _feed(x[t + 1])
    settled: npt.NDArray[np.float64] = x[delay + _SETTLED * _SUBSTEPS :]
    return settled[::_SUBSTEPS].T


def _feed(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    fed: npt.NDArray[np.float64] = 0.2 * x / (1 + x**10)
    return fed
