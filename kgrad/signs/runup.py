"""What the last good steps looked like, to say what led to trouble."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kgrad.records import Array, Snapshot, Steps
from kgrad.signs.blocks import kernels

_STEPS = 64
_LAST = 8

THROWN = 0.5
"""An update this large, against the weights' own norm, is out of scale."""

GROWN = 100.0
"""So many times its usual norm, a gradient has exploded."""


@dataclass(frozen=True)
class Growth:
    """What was out of scale in the last good steps.

    Args:
        target: Name of the kernel.
        step: The first of the last steps in which it was.
        value: How far.
        limit: From where on it is out of scale.
        words: What happened, as a clause.
    """

    target: str
    step: int
    value: float
    limit: float
    words: str


class Runup:
    """Keeps the last 64 steps of every kernel.

    Args:
        thrown: An update this large, against the weights' own norm, is out
            of scale.
        grown: So many times its usual norm, a gradient has exploded.
    """

    def __init__(self, thrown: float = THROWN, grown: float = GROWN) -> None:
        self._thrown, self._grown = thrown, grown
        self._targets: tuple[str, ...] = ()
        self._steps: Steps = np.empty(0, np.int64)
        self._norms: Array = np.empty((0, 0))
        self._ratios: Array = np.empty((0, 0))

    def update(self, snapshot: Snapshot, rows: npt.NDArray[np.bool_]) -> None:
        """Adds some steps of a snapshot."""
        columns = kernels(snapshot.targets)
        names = tuple(snapshot.targets[i].name for i in columns)
        steps = snapshot.steps[rows]
        norms = snapshot["gradient_norm"][rows][:, columns]
        ratios = snapshot["update_ratio"][rows][:, columns]
        if names == self._targets:
            steps = np.concatenate([self._steps, steps])
            norms = np.concatenate([self._norms, norms])
            ratios = np.concatenate([self._ratios, ratios])
        self._targets, self._steps = names, steps[-_STEPS:]
        self._norms, self._ratios = norms[-_STEPS:], ratios[-_STEPS:]

    @property
    def growth(self) -> Growth | None:
        """What was out of scale at the end, None if nothing was."""
        if not self._norms.size:
            return None
        moved = np.nan_to_num(self._ratios[-_LAST:], posinf=0)
        if moved.max() > self._thrown:
            found = self._growth(moved, self._thrown)
            norms = self._norms[-_LAST:, self._targets.index(found.target)]
            return replace(
                found,
                words=(
                    f"an update had just moved `{found.target}` by "
                    f"{found.value:.2g} times its own norm (gradient norm "
                    f"{norms.max():.2g})"
                ),
            )
        level = np.maximum(np.median(self._norms, axis=0), 1e-30)
        grown = self._norms[-_LAST:] / level
        if grown.max() > self._grown:
            found = self._growth(grown, self._grown)
            return replace(
                found,
                words=(
                    f"the gradient of `{found.target}` had grown to "
                    f"{found.value:.2g} times its usual norm"
                ),
            )
        return None

    def _growth(self, values: Array, limit: float) -> Growth:
        """Of the kernel with the largest of the values, `(steps, kernels)`."""
        column = int(values.max(axis=0).argmax())
        row = int((values[:, column] > limit).argmax())
        return Growth(
            target=self._targets[column],
            step=int(self._steps[-_LAST:][row]),
            value=float(values[:, column].max()),
            limit=limit,
            words="",
        )
