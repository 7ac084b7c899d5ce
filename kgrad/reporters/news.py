"""Which diagnoses are new: what is told at once is told once."""

from __future__ import annotations

from collections.abc import Sequence

from kgrad.diagnosis import Diagnosis, diagnoses
from kgrad.records import Finding, Snapshot
from kgrad.signs import SIGNS, SlowProgress, UnfinishedTraining
from kgrad.signs.base import DATA, EpochSign
from kgrad.signs.layer_order import LayerOrder

_OF_METRIC = {
    kind.rule or kind.name
    for kind in SIGNS
    if issubclass(kind, EpochSign | SlowProgress | UnfinishedTraining)
}


class News:
    """Passes on each diagnosis when it is first seen.

    Twelve layers of which the gradient explodes are one of them, and so is
    what follows from it later. Only if the data turn out to be the cause of
    what was told before is that told as well.

    What follows from the metric or the plan alone waits until training ends:
    a model that learns after all has no such problem.
    """

    def __init__(self) -> None:
        self._order = LayerOrder()
        self._seen: set[tuple[str, str]] = set()
        self._told: set[tuple[str, str]] = set()

    def of(
        self, snapshot: Snapshot, findings: Sequence[Finding]
    ) -> list[Diagnosis]:
        """The diagnoses that none of the windows before had.

        Args:
            snapshot: The steps of a window.
            findings: All findings as of now.
        """
        self._order.update(snapshot)
        seen = {_place(finding) for finding in findings if not finding.is_note}
        if seen <= self._seen:
            return []
        self._seen = seen
        return self._new(findings, at_once=True)

    def rest(self, findings: Sequence[Finding]) -> list[Diagnosis]:
        """What was not told, now that training has ended."""
        return self._new(findings, at_once=False)

    def _new(
        self, findings: Sequence[Finding], *, at_once: bool
    ) -> list[Diagnosis]:
        new = []
        for diagnosis in diagnoses(findings, self._order):
            places = {_place(finding) for finding in diagnosis.findings}
            cause = diagnosis.cause
            data = cause.sign in DATA and _place(cause) not in self._told
            known = not (data or self._told.isdisjoint(places))
            if at_once and not known and _may_pass(cause):
                continue
            self._told |= places
            if not known:
                new.append(diagnosis)
        return new


def _may_pass(finding: Finding) -> bool:
    return finding.sign == "plan" or finding.rule in _OF_METRIC


def _place(finding: Finding) -> tuple[str, str]:
    return finding.rule or finding.sign, finding.target
