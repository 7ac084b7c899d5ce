"""When the steps that are skipped are no routine any more."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kgrad.records import Snapshot, guarded

Place = tuple[Snapshot, int]
"""A row of a snapshot."""


class LostLoss:
    """Tells a loss that is no number from one that was never told."""

    def __init__(self) -> None:
        self.known = False

    def rows(self, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
        """`(steps,)`: where the loss is not finite.

        Of records that do not say whether it was told, once one was finite.
        """
        finite = np.isfinite(snapshot.loss)
        if snapshot.has_loss is not None:
            self.known = bool(snapshot.has_loss.any())
            return ~finite & snapshot.has_loss
        known = self.known | np.logical_or.accumulate(finite)
        self.known |= bool(finite.any())
        return ~finite & known


class LossScaling:
    """Follows how many steps in a row were skipped, also by `Skip`.

    Loss scaling tries ever larger scales, and skips the step whose gradients
    overflow. It does not touch the loss, so a loss that is not finite is no
    overflow of the scale; and a scale that is never found is none, either.

    Args:
        skips: From so many skipped steps in a row on, no scale is found; and
            what `Skip` leaves out is no exception any more.
    """

    def __init__(self, skips: int) -> None:
        self.skips = skips
        self._in_a_row = 0
        self._start: Place | None = None

    def first(
        self,
        snapshot: Snapshot,
        bad: npt.NDArray[np.bool_],
        loss: npt.NDArray[np.bool_],
    ) -> tuple[Place | None, npt.NDArray[np.bool_]]:
        """Where what is not routine begins, None if nothing of this is.

        Args:
            snapshot: The next steps.
            bad: `(steps,)`: where anything is not finite.
            loss: `(steps,)`: where the loss is not.

        Returns:
            The place; and `(steps,)`, the rows that are not routine.
        """
        found: Place | None = None
        told = np.zeros(len(bad), np.bool_)
        by_action = guarded(snapshot.steps, snapshot.acts)
        for row, skipped in enumerate(snapshot.skipped):
            if not skipped:
                self._in_a_row = 0
            elif self._in_a_row == 0:
                self._start = snapshot, row
            self._in_a_row += bool(skipped)
            if not bad[row]:
                continue
            # The action leaves out whatever is not finite, the loss as well.
            alone = not skipped or (loss[row] and not by_action[row])
            told[row] = alone or self._in_a_row >= self.skips
            if found is None and told[row]:
                found = (snapshot, row) if alone else self._start
        return found, told
