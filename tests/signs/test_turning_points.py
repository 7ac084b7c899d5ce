"""Turning points against a slow definition."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kgrad.signs.oscillation import turning_points


def by_definition(values: np.ndarray, size: float) -> int:
    """The most turns that any choice of epochs shows."""
    best: dict[tuple[int, int], int] = {}
    for i, value in enumerate(values):
        for way in (-1, 1):
            longest = 0
            for before in range(i):
                if way * (value - values[before]) >= size:
                    longest = max(longest, 1 + best[before, -way])
            best[i, way] = longest
    return max(best.values(), default=0) - 1


def test_there_are_as_many_as_any_choice_of_epochs_can_show() -> None:
    for seed in range(50):
        values = np.random.default_rng(seed).random(20)
        turns = turning_points(values, np.full(20, 0.3))
        assert len(turns) == max(by_definition(values, 0.3), 0), seed
        assert (np.abs(np.diff(values[turns])) >= 0.3).all(), seed


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([math.nan, math.nan], []),
        ([0.1, 0.2, 0.15, 0.3, 0.25, 0.5], []),
        ([0.3, 0.7, math.nan, 0.2, 0.8], [1, 3]),
        ([1.0, 0.5, 0.6, 0.4, 0.9], [3]),
    ],
)
def test_small_ones_on_the_way_do_not_count(
    values: list[float], expected: list[int]
) -> None:
    found = turning_points(np.array(values), np.full(len(values), 0.3))
    assert found == expected
