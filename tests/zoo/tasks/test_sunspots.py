"""What is asked of the sunspots, and what simple forecasts get."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from statsmodels.datasets import sunspots as package

from zoo.tasks import TASKS, sunspots

TASK = TASKS["sunspots"]


def raw() -> tuple[np.ndarray, np.ndarray]:
    """Years and their numbers."""
    table = package.load_pandas().data
    return table["YEAR"].to_numpy(int), table["SUNACTIVITY"].to_numpy(float)


def error(forecast: np.ndarray) -> float:
    """The metric, of forecasts for the test years, from the raw numbers."""
    years, series = raw()
    known = series[years <= 1920]
    asked = series[(years >= 1921) & (years <= 1955)]
    return math.sqrt(np.mean((forecast - asked) ** 2)) / known.std()


def test_each_answer_is_the_number_after_its_window() -> None:
    years, series = raw()
    scaled = (series - series[years <= 1920].mean()) / series[
        years <= 1920
    ].std()
    windows = np.lib.stride_tricks.sliding_window_view(scaled, 34)
    asked = []
    for split, size in (("train", 188), ("test", 35)):
        x, y = TASK.data(split, size)  # type: ignore[arg-type]
        for window in np.column_stack([x[..., 0], y]):
            (start,) = np.flatnonzero(
                np.isclose(windows, window, atol=1e-5).all(axis=1)
            )
            asked.append(years[start + 33])
    assert sorted(asked) == list(range(1733, 1956))
    assert min(asked[188:]) == 1921


def test_validation_years_are_the_last_that_are_not_trained_on() -> None:
    _, train = TASK.data("train", 157, seed=3)
    _, validation = TASK.data("validation", 31, seed=3)
    series = sunspots.numbers()
    np.testing.assert_array_equal(
        np.sort(train.ravel()), np.sort(series[33:190])
    )
    np.testing.assert_array_equal(
        np.sort(validation.ravel()), np.sort(series[190:221])
    )


def test_chance_is_the_naive_forecast_and_a_cycle_ago_is_no_better() -> None:
    years, series = raw()
    at = np.flatnonzero((years >= 1921) & (years <= 1955))
    assert error(series[at - 1]) == pytest.approx(TASK.chance, abs=5e-4)
    seasonal = error(series[at - sunspots.CYCLE])
    assert f"{seasonal:.3f}" in TASK.definition
    assert TASK.is_solved(TASK.solved)
    assert TASK.solved < 0.6 * min(seasonal, TASK.chance)


def test_solved_is_a_linear_autoregression_of_order_9() -> None:
    years, series = raw()
    at = np.arange(9, len(series))
    before = np.column_stack(
        [np.ones(len(at)), *(series[at - lag] for lag in range(1, 10))]
    )
    known = years[at] <= 1920
    weights = np.linalg.lstsq(before[known], series[at][known], rcond=None)[0]
    test = (years[at] >= 1921) & (years[at] <= 1955)
    assert error(before[test] @ weights) == pytest.approx(TASK.solved, abs=5e-4)


def test_without_the_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sunspots.numbers.cache_clear()
    monkeypatch.setitem(sys.modules, "statsmodels.datasets", None)
    with pytest.raises(ImportError, match=r'pip install "kgrad\[data\]"'):
        TASK.data("test", 3)
