"""A recorded run, told again window by window, as it was told in training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kgrad.diagnosis import Diagnoses, diagnoses
from kgrad.records import Epoch, Finding, Setup, Snapshot
from kgrad.signs import as_of_now, default, observe, ranked


@dataclass(frozen=True)
class Moment:
    """What the monitor tells when a window has been read.

    Args:
        step: The last step.
        epochs: The epochs that were finished by then.
        findings: Problems and notes, the gravest first.
        diagnoses: The problems, one for each cause.
        setup: What is trained, as far as it is known by then.
    """

    step: int
    epochs: tuple[Epoch, ...]
    findings: tuple[Finding, ...]
    diagnoses: Diagnoses
    setup: Setup

    @property
    def problems(self) -> set[str]:
        """The signs that are told as problems."""
        return {
            finding.sign for finding in self.findings if not finding.is_note
        }


def walk(snapshots: Iterable[Snapshot]) -> Iterator[Moment]:
    """What was told after each window: a finding may go away again.

    Args:
        snapshots: The run, as in `RunHistory.snapshots`.
    """
    signs = default()
    state = observe(signs)
    step = 0
    for snapshot in snapshots:
        state.update(snapshot)
        for sign in signs:
            sign.update(snapshot)
        if len(snapshot.steps):
            step = int(snapshot.steps[-1])
        setup = state.progress.setup
        findings = ranked(
            (finding for sign in signs for finding in as_of_now(sign)),
            hparams=setup.hparams,
        )
        yield Moment(
            step,
            tuple(state.progress.epochs),
            tuple(findings),
            diagnoses(findings, state.layer_order),
            setup,
        )
