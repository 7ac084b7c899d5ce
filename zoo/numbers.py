"""Numbers as a reader of tables wants them."""

from __future__ import annotations

import math


def short(value: float) -> str:
    """Three digits: `"0.957"`, `"0.00134"`, `"NaN"`."""
    return f"{value:.3g}" if math.isfinite(value) else "NaN"


def mean_and_spread(mean: float, spread: float) -> str:
    """`"0.957 ± 0.004"`; the spread to one digit.

    Args:
        mean: The mean.
        spread: The standard deviation; left out where it is NaN.
    """
    if not math.isfinite(spread):
        return short(mean)
    return f"{short(mean)} ± {spread:.1g}"
