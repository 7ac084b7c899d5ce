"""The numbers of a long run, target by target."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import numpy as np
import numpy.typing as npt

from kgrad.records import (
    Array,
    Snapshot,
    combine_one,
    measured_of,
    ratio,
)

_STEPS = 1 << 15
"""Steps that are combined at a time: so many stay in the cache."""


class ByTarget:
    """Statistics of one target at a time, each in one piece.

    Windows hold step after step; whoever wants one target of a million steps
    would take a number here and there from all of memory, for each target
    again. So what is asked for of a measure is turned around for all targets
    at once, and kept as it was measured: four bytes a number.

    Args:
        snapshots: The windows of a run, in the order of their steps.
    """

    def __init__(self, snapshots: Iterable[Snapshot]) -> None:
        some = (s for s in snapshots if len(s.steps))
        alike = groupby(some, lambda s: (id(s.targets), id(s.measures)))
        self._groups = [_Group(list(group)) for _, group in alike]

    def column(self, statistic: str, target: str) -> Array:
        """`(steps,)`, float64; NaN where it was not measured."""
        columns = [group.column(statistic, target) for group in self._groups]
        return np.concatenate(columns) if columns else np.empty(0)


class _Group:
    """Windows one after the other that have the same targets and measures."""

    def __init__(self, windows: list[Snapshot]) -> None:
        self._windows = windows
        self._targets = windows[0].targets
        self._measures = {m.name: m for m in windows[0].measures}
        self._rows: dict[str, npt.NDArray[np.float32]] = {}
        self._steps = sum(len(window.steps) for window in windows)

    def column(self, statistic: str, target: str) -> Array:
        """`(steps,)`; NaN where it was not measured."""
        names = measured_of(statistic)
        if not self._measures.keys() >= set(names) or not any(
            each.name == target for each in self._targets
        ):
            return np.full(self._steps, np.nan)
        above, *below = (self._measured(name, target) for name in names)
        return ratio(above, *below) if below else above

    def _measured(self, name: str, target: str) -> Array:
        wanted = next(t for t in self._targets if t.name == target)
        rows = self._rows_of(name)
        result = np.empty(self._steps)
        for first in range(0, self._steps, _STEPS):
            some = slice(first, first + _STEPS)
            result[some] = combine_one(
                self._measures[name], wanted, self._targets, rows[:, some]
            )
        return result

    def _rows_of(self, name: str) -> npt.NDArray[np.float32]:
        """`(measured targets, steps)`."""
        if name not in self._rows:
            place = list(self._measures).index(name)
            self._rows[name] = np.concatenate(
                [window.values[:, :, place].T for window in self._windows],
                axis=1,
            )
        return self._rows[name]
