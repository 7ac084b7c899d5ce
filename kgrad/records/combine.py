"""The numbers of all targets, and all statistics, from what was measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kgrad.records.arrays import Array
from kgrad.records.targets import RATIOS, Measure, Target, with_ratios


class Statistics(Protocol):
    """A run, or a window of one, that is asked for a statistic by name."""

    def __getitem__(self, statistic: str, /) -> Array:
        """The statistic as `(steps, targets)`."""


def measured_of(statistic: str) -> tuple[str, ...]:
    """Names of the measures that a statistic is made of."""
    return RATIOS[statistic].of if statistic in RATIOS else (statistic,)


def is_defined(statistic: str, run: Statistics) -> npt.NDArray[np.bool_]:
    """Where a statistic has a meaning: a ratio to zero has none.

    Elsewhere it may still be NaN, as what was measured was. `(steps,
    targets)`, or `()` if it has a meaning everywhere.
    """
    if statistic not in RATIOS:
        return np.array(True)
    return np.not_equal(run[RATIOS[statistic].of[1]], 0)


def combine(
    statistic: str,
    targets: tuple[Target, ...],
    measures: tuple[Measure, ...],
    values: npt.NDArray[np.float32],
) -> Array:
    """One statistic for all targets, `(steps, targets)`, from the measured.

    A ratio is that of the two combined, whatever the target; NaN where it
    is one to zero. A `KeyError` if the statistic was not measured.
    """
    if statistic in RATIOS:
        above, below = (
            combine(name, targets, measures, values)
            for name in measured_of(statistic)
        )
        return ratio(above, below)
    index = {measure.name: i for i, measure in enumerate(measures)}
    if statistic not in index:
        raise KeyError(
            "`statistic` must be one of "
            f"{sorted(m.name for m in with_ratios(measures))}. "
            f"Received: statistic={statistic!r}"
        )
    measured = values[:, :, index[statistic]].astype(np.float64)
    rule = RULES[measures[index[statistic]].combine]
    units = np.array([target.units for target in targets], np.float64)
    result = np.empty((len(values), len(targets)))
    result[:, : measured.shape[1]] = measured
    for column, target in enumerate(targets):
        if target.parts:
            parts = _index(target.parts)
            result[:, column] = rule(measured[:, parts], units[parts])
    return result


def ratio(above: Array, below: Array) -> Array:
    """One combined statistic over another, NaN where that is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.nan, above / below)


def _index(parts: tuple[int, ...]) -> slice | list[int]:
    """Of columns side by side a view is enough, and no copy is made."""
    first, end = parts[0], parts[-1] + 1
    if parts == tuple(range(first, end)):
        return slice(first, end)
    return list(parts)


RULES: dict[str, Callable[[Array, Array], Array]] = {
    "root_sum_square": lambda parts, units: np.sqrt(
        np.einsum("ij,ij->i", parts, parts)
    ),
    "sum": lambda parts, units: parts.sum(axis=1),
    "max": lambda parts, units: parts.max(axis=1),
    "mean_by_units": lambda parts, units: parts @ (units / units.sum()),
}
