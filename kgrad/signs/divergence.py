"""Where a run is lost to NaN or infinity, and what led to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kgrad.records import Array, Snapshot, Steps, guarded
from kgrad.records.numbers import number
from kgrad.signs.blocks import kernels
from kgrad.signs.wording import of_norm

Rows = npt.NDArray[np.bool_]
"""`(steps,)`: some of the steps of a snapshot."""

Place = tuple[Snapshot, int]
"""A row of a snapshot."""

SKIPS = 20
"""So many steps in a row are skipped only if no loss scale can be found."""

THROWN = 0.5
"""An update this large, against the weights' own norm, is out of scale."""

GROWN = 100.0
"""So many times its usual norm, a gradient has exploded."""

_STEPS = 64
_LAST = 8


class LostLoss:
    """Tells a loss that is no number from one that was never told.

    A `train_step` of the user's may tell the loss to Keras and not to the
    optimizer: then that of the epoch counts for the epoch's last step.
    """

    def __init__(self) -> None:
        self.known = False
        self._last: Snapshot | None = None

    def rows(self, snapshot: Snapshot) -> Rows:
        """`(steps,)`: where the loss is not finite.

        Of records that do not say whether it was told, once one was finite.
        """
        finite = np.isfinite(snapshot.loss)
        if snapshot.has_loss is not None:
            lost: Rows = ~finite & snapshot.has_loss
            if not snapshot.has_loss.any():
                lost = np.isin(snapshot.steps, _lost_epochs(snapshot))
            self.known = bool((snapshot.has_loss | lost).any())
            return lost
        known = self.known | np.logical_or.accumulate(finite)
        self.known |= bool(finite.any())
        return ~finite & known

    def late(self, snapshot: Snapshot) -> Place | None:
        """A step that was seen before its epoch told that its loss is lost."""
        last = self._last
        if len(snapshot.steps):
            self._last = snapshot
        if last is None or last.has_loss is None or last.has_loss.any():
            return None
        step, by_action = last.steps[-1], guarded(last.steps, last.actions)[-1]
        if by_action or step not in _lost_epochs(snapshot):
            return None
        self.known = True
        return last, len(last.steps) - 1


def _lost_epochs(snapshot: Snapshot) -> list[int]:
    """The last steps of the epochs whose loss is not finite."""
    epochs = snapshot.epochs
    return [
        e.step for e in epochs if not math.isfinite(e.logs.get("loss", 0.0))
    ]


class Divergence:
    """Finds the steps that are not finite, and keeps the last good ones.

    Loss scaling tries ever larger scales, and skips the step whose gradients
    overflow: that is routine, and so is what the action `Skip` leaves out.
    But loss scaling does not touch the loss, so a loss that is not finite is
    no overflow of the scale; and many skips in a row are no routine, either.
    `lost_loss` is where the loss is not finite, once one was.
    """

    needs = frozenset(
        {"nonfinite_count", "gradient_norm", "update_norm", "weight_norm"}
    )

    def __init__(self) -> None:
        self._loss = LostLoss()
        self.last_steps = LastSteps()
        self._snapshot: Snapshot | None = None
        self._skips = 0
        self._start: Place | None = None
        self._in_a_row: Steps = np.zeros(0, np.int64)
        self._began: list[Place | None] = []
        self._bad: Rows = np.zeros(0, np.bool_)
        self._late: Place | None = None
        self.lost_loss = self._bad

    @property
    def loss_is_known(self) -> bool:
        """Whether any loss was finite."""
        return self._loss.known

    def update(self, snapshot: Snapshot) -> None:
        """Takes the next steps into account."""
        self._snapshot = snapshot
        self.lost_loss = self._loss.rows(snapshot)
        self._late = self._loss.late(snapshot)
        self._count_skips(snapshot)
        if not self.needs <= {measure.name for measure in snapshot.measures}:
            return
        self._bad = (
            (snapshot["nonfinite_count"][:, -1] != 0)
            | ~np.isfinite(snapshot["weight_norm"][:, -1])
            | self.lost_loss
        )
        good = np.cumsum(self._bad | snapshot.skipped) == 0
        self.last_steps.update(snapshot, good)

    def first(self, skips: int) -> tuple[Place | None, Rows]:
        """Where what is not routine begins in the last snapshot.

        From `skips` skipped steps in a row on, no scale is found; and what
        `Skip` leaves out is no exception any more.

        Returns:
            The place, which may lie in an earlier snapshot, or None; and
            `(steps,)`, the rows of the last one that are not routine.
        """
        snapshot = self._snapshot
        if snapshot is None:
            return None, self._bad
        for statistic in self.needs:
            snapshot[statistic]  # Raises if it was not measured.
        if self._late is not None:
            return self._late, self._bad
        if not self._bad.any():
            return None, self._bad
        rows = self._bad & ~self.routine(skips)
        if not rows.any():
            return None, rows
        row = int(rows.argmax())
        alone = self._is_alone(snapshot)[row]
        return (snapshot, row) if alone else self._began[row], rows

    def routine(self, skips: int = SKIPS) -> Rows:
        """`(steps,)`: skipped as a matter of course, of the last snapshot."""
        if self._snapshot is None:
            return self._bad
        return ~self._is_alone(self._snapshot) & (self._in_a_row < skips)

    def endless(self, skips: int = SKIPS) -> int | None:
        """The step from which on too many in a row were skipped, if any."""
        rows = self._in_a_row >= skips
        place = self._began[int(rows.argmax())] if rows.any() else None
        return None if place is None else int(place[0].steps[place[1]])

    def _is_alone(self, snapshot: Snapshot) -> Rows:
        """`(steps,)`: where a step counts, whatever those before it were."""
        # The action leaves out whatever is not finite, the loss as well.
        by_action = guarded(snapshot.steps, snapshot.actions)
        return ~snapshot.skipped | (self.lost_loss & ~by_action)

    def _count_skips(self, snapshot: Snapshot) -> None:
        """How many steps in a row were skipped, and where that began."""
        self._in_a_row = np.zeros(len(snapshot.steps), np.int64)
        self._began = [self._start] * len(snapshot.steps)
        if not snapshot.skipped.any():
            self._skips = 0 if len(snapshot.steps) else self._skips
            return
        for row, skipped in enumerate(snapshot.skipped):
            if skipped and not self._skips:
                self._start = snapshot, row
            self._skips = self._skips + 1 if skipped else 0
            self._in_a_row[row] = self._skips
            self._began[row] = self._start


@dataclass(frozen=True)
class Growth:
    """What was out of scale in the last good steps, and since when."""

    target: str
    step: int
    value: float
    limit: float
    clause: str


class LastSteps:
    """The last 64 good steps of every kernel."""

    def __init__(self) -> None:
        self._targets: tuple[str, ...] = ()
        self._steps: Steps = np.empty(0, np.int64)
        self._norms: Array = np.empty((0, 0))
        self._ratios: Array = np.empty((0, 0))

    def update(self, snapshot: Snapshot, rows: Rows) -> None:
        """Adds some steps of a snapshot."""
        columns = kernels(snapshot.targets)
        names = tuple(snapshot.targets[i].name for i in columns)
        last = np.flatnonzero(rows)[-_STEPS:]
        steps, places = snapshot.steps[last], (last[:, np.newaxis], columns)
        norms = snapshot["gradient_norm"][places]
        ratios = snapshot["update_ratio"][places]
        if names == self._targets and len(last) < _STEPS:
            steps = np.concatenate([self._steps, steps])
            norms = np.concatenate([self._norms, norms])
            ratios = np.concatenate([self._ratios, ratios])
        self._targets, self._steps = names, steps[-_STEPS:]
        self._norms, self._ratios = norms[-_STEPS:], ratios[-_STEPS:]

    def growth(
        self, thrown: float = THROWN, grown: float = GROWN
    ) -> Growth | None:
        """What was out of scale at the end, None if nothing was."""
        if not self._norms.size:
            return None
        ratios = np.nan_to_num(self._ratios[-_LAST:], posinf=0)
        if ratios.max() > thrown:
            return self._growth(ratios, thrown, "update")
        usual = np.maximum(np.median(self._norms, axis=0), 1e-30)
        heights = self._norms[-_LAST:] / usual
        if heights.max() > grown:
            return self._growth(heights, grown, "gradient")
        return None

    def _growth(self, values: Array, limit: float, what: str) -> Growth:
        """Of the kernel with the largest of the values, `(steps, kernels)`."""
        column = int(values.max(axis=0).argmax())
        row = int((values[:, column] > limit).argmax())
        target, value = self._targets[column], float(values[:, column].max())
        norm = self._norms[-_LAST:, column].max()
        clause = (
            f"an update had just changed `{target}` by {of_norm(value)} "
            f"(gradient norm {number(norm)})"
            if what == "update"
            else f"the gradient of `{target}` had grown to {number(value)} "
            "times its usual norm"
        )
        step = int(self._steps[-_LAST:][row])
        return Growth(target, step, value, limit, clause)
