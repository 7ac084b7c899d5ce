"""Numbers as they are written: short, and right."""

import math

import pytest

from kgrad.records.numbers import number, number_or_dash, share


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12.345, "12.3"),
        (1852.7, "1850"),
        (9994, "9990"),
        (9996, "1e+04"),
        (-1234.5, "-1230"),
        (0.000123, "0.000123"),
        (1.2e-9, "1.2e-09"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_three_digits_and_no_exponent_below_ten_thousand(
    value: float, text: str
) -> None:
    assert number(value) == text


def test_more_digits_where_they_are_asked_for() -> None:
    assert number(0.123456, 4) == "0.1235"
    assert number(5, 1) == "5"
    assert number(4567, 1) == "5000"


def test_what_is_not_known_is_a_dash() -> None:
    assert (number_or_dash(math.nan), share(math.nan)) == ("-", "-")
    assert (number_or_dash(2.0), share(0.123)) == ("2", "12%")
