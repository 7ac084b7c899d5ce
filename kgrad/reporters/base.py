"""What every reporter promises: it is told, it never asks, it may fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from kgrad.records import Finding, Snapshot


class Reporter:
    """Reports what was measured and found; every method is optional.

    A reporter that raises is closed by the monitor with one warning, and
    training continues. Calls come from one thread at a time.

    Attributes:
        needs: Names of the statistics that it shows; by default those of
            TensorBoard's curves.
    """

    needs: ClassVar[frozenset[str]] = frozenset(
        {
            "gradient_norm",
            "clipped_gradient_norm",
            "weight_norm",
            "update_norm",
            "quiet_unit_share",
            "nonfinite_count",
        }
    )

    def begin(self, log_dir: str) -> None:
        """A monitor begins to write to this run folder."""

    def fit_begins(self, verbose: int) -> None:
        """A call of `fit` begins; of a loop inside `watch` this is not told.

        Args:
            verbose: As `fit` was given it: 0 is silent, 1 a progress bar that
                is drawn over and over, 2 a line for each epoch.
        """

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Takes the steps of one window.

        Args:
            snapshot: The steps since the last call, and the epochs that
                ended among them; it may hold epochs and no step.
            findings: All findings as of now. A finding that continues comes
                back with a later `last_step`, one that no longer holds is
                left out; `(sign, target)` identifies a finding.
        """

    def close(self, findings: Sequence[Finding]) -> None:
        """Training ended, by success or by an exception.

        More snapshots may follow: the same monitor can watch several
        calls of `fit`.
        """
