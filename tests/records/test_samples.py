"""What is read from a profile, on profiles made by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from kgrad.records import TimeProfile


def profile(norm: Any, **arguments: Any) -> TimeProfile:
    return TimeProfile("rnn", "h", np.asarray(norm, np.float64), **arguments)


def falling(decades_per_step: float, steps: int = 50) -> np.ndarray:
    """1 at the last step, and less by so many decades each step back."""
    return 10.0 ** (-decades_per_step * np.arange(steps)[::-1])


@pytest.mark.parametrize("slope", [0.01, 0.1, 0.7, -0.05])
def test_decay_is_the_slope_in_decades_per_step(slope: float) -> None:
    assert profile(falling(slope)).decay == pytest.approx(slope)


def test_decay_does_not_follow_a_few_outliers() -> None:
    norm = falling(0.1)
    norm[[3, 17, 30]] *= 1e6
    assert profile(norm).decay == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize(
    ("slope", "horizon"), [(0.1, 20), (0.5, 4), (2.5, 0), (0.001, 49)]
)
def test_horizon_counts_the_steps_above_one_percent(
    slope: float, horizon: int
) -> None:
    # A hair below 1 % would count by rounding.
    norm = falling(slope) * (1 + 1e-9 * np.arange(50)[::-1])
    assert profile(norm).horizon == horizon


def test_horizon_ends_at_the_first_gap_on_the_way_back() -> None:
    assert profile([1, 1, 1, 1e-3, 1, 1, 2]).horizon == 2


def test_a_gap_after_the_largest_gradient_does_not_count() -> None:
    assert profile([1, 1, 2, 1, 1e-3, 1, 1]).horizon == 6


def test_a_gradient_that_grows_on_its_way_back_reaches_the_first_step() -> None:
    grown = profile(falling(-0.2))
    assert grown.horizon == 49
    assert grown.ratio == pytest.approx(10**9.8)
    assert grown.growth == pytest.approx(10**9.8)
    assert grown.decay == pytest.approx(-0.2)


def test_a_swell_in_the_middle_is_growth_but_no_ratio() -> None:
    swell = profile([1, 10, 100, 10, 1])
    assert swell.growth == 100
    assert swell.ratio == 1
    assert swell.horizon == 4


def test_ratio_is_that_of_the_first_to_the_last_step() -> None:
    assert profile(falling(0.1)).ratio == pytest.approx(10**-4.9)
    assert profile(falling(0.1)).growth == 1


def test_steps_at_the_end_without_a_gradient_are_left_out() -> None:
    padded = profile([*falling(0.1), 0, 0, 0])
    plain = profile(falling(0.1))
    assert padded.horizon == plain.horizon
    assert padded.ratio == plain.ratio
    assert padded.decay == pytest.approx(plain.decay)


def test_masked_steps_on_the_way_end_the_horizon_but_not_the_decay() -> None:
    norm = falling(0.1)
    norm[45] = 0
    assert profile(norm).horizon == 3
    assert profile(norm).decay == pytest.approx(0.1)


def test_masked_steps_at_the_start_are_left_out_of_the_ratio() -> None:
    assert profile([0, 0.5, 1]).ratio == 0.5


def test_a_profile_with_nan_says_nothing() -> None:
    broken = profile([math.nan, 0.5, math.inf])
    assert math.isnan(broken.horizon)
    assert math.isnan(broken.ratio)
    assert math.isnan(broken.decay)
    assert math.isnan(broken.growth)


def test_backwards_is_read_from_the_other_end() -> None:
    there, back = profile(falling(0.1)), profile(falling(0.1)[::-1])
    assert back.decay == pytest.approx(-0.1)
    turned = profile(falling(0.1)[::-1], backwards=True)
    for name in ("horizon", "decay", "ratio", "growth"):
        assert getattr(turned, name) == getattr(there, name)


def test_a_bin_stands_for_as_many_steps_as_its_stride() -> None:
    binned = profile(falling(0.1), stride=3)
    assert binned.horizon == 3 * profile(falling(0.1)).horizon
    assert binned.decay == pytest.approx(0.1 / 3)


def test_one_step_has_no_decay() -> None:
    one = profile([0.5])
    assert one.horizon == 0
    assert math.isnan(one.decay)
    assert one.ratio == one.growth == 1


@pytest.mark.parametrize("norm", [[0.0, 0.0, 0.0], []])
def test_no_gradient_at_all_is_no_number(norm: list[float]) -> None:
    nothing = profile(norm)
    assert nothing.horizon == 0
    assert math.isnan(nothing.decay)
    assert math.isnan(nothing.ratio)
    assert math.isnan(nothing.growth)


def test_the_smallest_numbers_of_float32_do_not_underflow() -> None:
    small = profile(1e-20 * falling(0.5, steps=37))
    assert small.decay == pytest.approx(0.5)
    assert small.ratio == pytest.approx(1e-18)
