"""A curve in one line of text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kgrad.records import Array

_LEVELS = "▁▂▃▄▅▆▇█"
_LOST = "×"


def sparkline(
    values: Array,
    width: int = 16,
    *,
    logarithmic: bool = False,
    span: float | None = None,
    largest: bool = False,
) -> str:
    """The median of each stretch of steps, as a bar; `×` where none is finite.

    Args:
        values: `(steps,)`.
        width: Number of characters, at most one a step.
        logarithmic: Whether the height is that of the logarithm; steps with
            0 are then left out.
        span: What lies between the lowest bar and the highest, which stands
            for the largest value; smaller ones are the lowest, too. If None,
            from the smallest value to the largest. Of a logarithm, decades.
        largest: Whether a bar is the largest of its stretch, not the median:
            a single bad step is seen.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        heights = np.log10(values) if logarithmic else values
    parts = np.array_split(heights, max(1, min(width, len(heights))))
    middle = np.max if largest else np.median
    bars = np.array([_of_finite(middle, part) for part in parts])
    known = bars[np.isfinite(bars)]
    if not len(known):
        return _LOST * len(bars)
    if span is None:
        low, span = known.min(), np.ptp(known) or 1.0
    else:
        low = known.max() - span
    return "".join(
        _LEVELS[round(max((bar - low) / span, 0) * (len(_LEVELS) - 1))]
        if np.isfinite(bar)
        else _LOST
        for bar in bars
    )


def _of_finite(middle: Callable[[Array], object], part: Array) -> object:
    finite = part[np.isfinite(part)]
    return middle(finite) if len(finite) else np.nan
