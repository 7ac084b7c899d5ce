"""A curve in one line."""

import numpy as np

from kgrad.report.sparkline import sparkline


def test_a_rising_curve_rises() -> None:
    assert sparkline(np.arange(8.0)) == "▁▂▃▄▅▆▇█"


def test_a_constant_is_flat() -> None:
    assert sparkline(np.ones(40), width=5) == "▁▁▁▁▁"


def test_powers_of_ten_are_equal_steps() -> None:
    assert sparkline(10.0 ** np.arange(8), logarithmic=True) == "▁▂▃▄▅▆▇█"


def test_what_is_not_finite_is_marked() -> None:
    values = np.array([0.0, 1.0, np.nan, np.inf])
    assert sparkline(values) == "▁█××"
    assert sparkline(np.full(3, np.nan)) == "×××"
    assert sparkline(np.zeros(2), logarithmic=True) == "××"


def test_with_a_span_the_largest_value_is_the_highest_bar() -> None:
    falling = 10.0 ** -np.arange(0, 10)
    assert sparkline(falling, logarithmic=True, span=7) == "█▇▆▅▄▃▂▁▁▁"
    assert sparkline(1e-30 * falling, logarithmic=True, span=7)[0] == "█"
    assert sparkline(np.ones(3), logarithmic=True, span=7) == "███"
    assert sparkline(np.array([0.9, 1.0]), logarithmic=True, span=7) == "██"


def test_a_single_bad_step_is_seen_where_the_largest_is_shown() -> None:
    values = np.ones(40)
    values[17] = 1000
    assert sparkline(values, width=4) == "▁▁▁▁"
    assert sparkline(values, width=4, largest=True) == "▁█▁▁"
    values[17] = np.inf
    assert sparkline(values, width=4, largest=True) == "▁▁▁▁"
