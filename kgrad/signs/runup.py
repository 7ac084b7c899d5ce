"""What the last good steps looked like, to say what led to trouble."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kgrad.arrays import Array
from kgrad.records import Snapshot
from kgrad.signs.blocks import kernels

_STEPS = 64
_LAST = 8

THROWN = 0.5
"""An update this large, against the weights' own norm, is out of scale."""

GROWN = 100.0
"""So many times its usual norm, a gradient has exploded."""


class Runup:
    """Keeps the last 64 steps of every kernel."""

    def __init__(self) -> None:
        self._targets: tuple[str, ...] = ()
        self._norms: Array = np.empty((0, 0))
        self._ratios: Array = np.empty((0, 0))

    def update(self, snapshot: Snapshot, rows: npt.NDArray[np.bool_]) -> None:
        """Adds some steps of a snapshot."""
        columns = kernels(snapshot.targets)
        names = tuple(snapshot.targets[i].name for i in columns)
        norms = snapshot["gradient_norm"][rows][:, columns]
        ratios = snapshot["update_ratio"][rows][:, columns]
        if names == self._targets:
            norms = np.concatenate([self._norms, norms])
            ratios = np.concatenate([self._ratios, ratios])
        self._targets = names
        self._norms, self._ratios = norms[-_STEPS:], ratios[-_STEPS:]

    @property
    def growth(self) -> str:
        """What was out of scale at the end, `""` if nothing was."""
        if not self._norms.size:
            return ""
        moved = np.nan_to_num(self._ratios[-_LAST:], posinf=0).max(axis=0)
        column = int(moved.argmax())
        if moved[column] > THROWN:
            norm = self._norms[-_LAST:, column].max()
            return (
                f"an update had just moved `{self._targets[column]}` by "
                f"{moved[column]:.2g} times its own norm (gradient norm "
                f"{norm:.2g})"
            )
        level = np.maximum(np.median(self._norms, axis=0), 1e-30)
        grown = self._norms[-_LAST:].max(axis=0) / level
        column = int(grown.argmax())
        if grown[column] > GROWN:
            return (
                f"the gradient of `{self._targets[column]}` had grown to "
                f"{grown[column]:.2g} times its usual norm"
            )
        return ""
