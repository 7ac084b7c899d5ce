"""The numbers of all targets, and all statistics, from what was measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from kgrad.records.arrays import Array
from kgrad.records.targets import Measure, Target


def needed(statistic: str) -> tuple[str, ...]:
    """Names of the measures that a statistic is made of."""
    if statistic == "update_ratio":
        return "update_norm", "weight_norm"
    return (statistic,)


def combine(
    statistic: str,
    targets: tuple[Target, ...],
    measures: tuple[Measure, ...],
    values: npt.NDArray[np.float32],
) -> Array:
    """One statistic for all targets, `(steps, targets)`, from the measured.

    `update_ratio` is `update_norm / weight_norm`, whatever the target; where
    the weights are all zero it is NaN.

    Raises:
        KeyError: If the statistic was not measured.
    """
    if statistic == "update_ratio":
        update, weight = (
            combine(name, targets, measures, values)
            for name in needed(statistic)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(weight == 0, np.nan, update / weight)
    index = {measure.name: i for i, measure in enumerate(measures)}
    if statistic not in index:
        raise KeyError(
            f"`statistic` must be one of {sorted([*index, 'update_ratio'])}. "
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
