"""How numbers are written in sentences and tables."""

from __future__ import annotations

import math

_PLAIN = 1e4
"""Numbers from here on, and those below its inverse, have an exponent."""


def number(value: float, digits: int = 3) -> str:
    """A number with few digits, and no exponent below 10,000.

    Args:
        value: Any number.
        digits: Significant digits, at least 1.

    Examples:
        >>> number(190.4), number(1852.7), number(0.000123), number(1.2e-9)
        ('190', '1850', '0.000123', '1.2e-09')
        >>> number(123456), number(float("nan"))
        ('1.23e+05', 'nan')
    """
    text = f"{value:.{digits}g}"
    if not math.isfinite(value) or "e" not in text:
        return text
    rounded = float(text)
    return f"{rounded:.0f}" if 1 <= abs(rounded) < _PLAIN else text


def number_or_dash(value: float) -> str:
    """A number, or `"-"` if it is not known."""
    return "-" if math.isnan(value) else number(value)


def share(value: float) -> str:
    """A share as a percentage: `"12%"`, or `"-"` if it is not known."""
    return "-" if math.isnan(value) else f"{value:.0%}"
