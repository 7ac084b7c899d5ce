"""What the axes of a window's arrays mean, and whether the arrays fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from kgrad.records import Measure, Target
from kgrad.records.combine import RULES

Arrays = Sequence[npt.NDArray[Any]]

_INT, _FLOAT = np.dtype(np.int64), np.dtype(np.float32)

_STEPS = 2**44
"""More than a run can have."""


@dataclass(frozen=True)
class ColumnHeader:
    """Targets and measures as a file claims them, which need not be true."""

    targets: tuple[Target, ...]
    measures: tuple[Measure, ...]
    number: int = 0

    def require_sound(self) -> None:
        """Refuses, with a `ValueError`, targets that cannot be combined.

        Those that were measured come first, then what they add up to.
        """
        measured = self._measured
        for place, target in enumerate(self.targets):
            of_measured = all(0 <= part < measured for part in target.parts)
            if (place < measured) == bool(target.parts) or not of_measured:
                raise ValueError("its targets are not made of measured ones")
            if target.size < 1 or target.units < 1:
                raise ValueError("a target has no size")
        for records in (self.targets, self.measures):
            if len({record.name for record in records}) < len(records):
                raise ValueError("two of its columns have the same name")
        if not all(measure.combine in RULES for measure in self.measures):
            raise ValueError("a measure is combined in an unknown way")

    def require_fitting(self, arrays: Arrays) -> None:
        """Refuses arrays whose types, shapes or order of steps do not match."""
        steps, numbers, values = arrays
        rows, measures = len(steps), len(self.measures)
        fits = (
            _is(steps, _INT, (rows,))
            and _is(numbers, _FLOAT, (3, rows))
            and _is(values, _FLOAT, (rows, self._measured, measures))
        )
        if not fits:
            raise ValueError("its arrays do not match its targets and measures")
        if rows and not (
            steps[0] > 0
            and (steps[:-1] < steps[1:]).all()
            and steps[-1] < _STEPS
        ):
            raise ValueError("its steps are not in order")

    @cached_property
    def _measured(self) -> int:
        return sum(not target.parts for target in self.targets)


def _is(
    array: npt.NDArray[Any], kind: np.dtype[Any], shape: tuple[int, ...]
) -> bool:
    return array.dtype == kind and array.shape == shape
