"""From what a tool reported to its score: what is right, F1, false alarms."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from kgrad.records import Snapshot
from kgrad.signs import Sign, default, observe
from zoo.clinic.case import Case


def reported(
    snapshots: Iterable[Snapshot], signs: Iterable[Sign] | None = None
) -> dict[str, int]:
    """What kgrad finds in a run: each sign, and the step it was reported at.

    Only what still holds at the end counts, from the step since which it
    has held without a break. Notes are no alarms: they do not count.

    Args:
        snapshots: The run, as in `History.snapshots`.
        signs: What to look for, by default every sign.
    """
    since: dict[str, int] = {}
    watching = default() if signs is None else list(signs)
    state = observe(watching)
    for snapshot in snapshots:
        state.update(snapshot)
        for sign in watching:
            sign.update(snapshot)
        told = (f for sign in watching for f in sign.findings)
        found = {f.sign for f in told if not f.is_note}
        step = int(snapshot.steps[-1]) if len(snapshot.steps) else 0
        since = {sign: since.get(sign, step) for sign in found}
    return since


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a tool reported in one case, compared with the label.

    Args:
        right: Signs that are present, and were reported in time.
        late: Signs that are present, and were reported too late.
        missed: Signs that are present, and were not reported.
        wrong: Signs that were reported, and are not present.
        delay: Step at which each of the right ones was reported.
    """

    right: frozenset[str]
    late: frozenset[str]
    missed: frozenset[str]
    wrong: frozenset[str]
    delay: Mapping[str, int]

    @property
    def is_right(self) -> bool:
        """Whether all that is present was reported in time, and no more."""
        return not (self.late or self.missed or self.wrong)


def mark(case: Case, found: Mapping[str, int]) -> Marks:
    """Compares what was reported with the label of a case.

    Args:
        case: The case.
        found: The step at which each sign was reported.
    """
    seen = case.must.keys() & found.keys()
    wrong = found.keys() - case.must.keys() - case.may
    if case.is_sick:
        # Whatever a model is sick of, in the end it may always say the same,
        # or be on its way still.
        wrong -= {"behavior", "unfinished_training"}
    late = {sign for sign in seen if found[sign] > case.must[sign]}
    return Marks(
        right=frozenset(seen - late),
        late=frozenset(late),
        missed=frozenset(case.must.keys() - found.keys()),
        wrong=frozenset(wrong),
        delay={sign: found[sign] for sign in seen - late},
    )


@dataclass(frozen=True, kw_only=True)
class Score:
    """The score of one sign over many cases.

    Args:
        sign: Its name.
        right: Cases that have it, and in which it was reported in time.
        missed: Cases that have it, and in which it was not, or too late.
        wrong: Cases that do not have it, and in which it was reported.
        delay: Median of the steps at which it was reported; NaN if never.
    """

    sign: str
    right: int
    missed: int
    wrong: int
    delay: float

    @property
    def present(self) -> int:
        """Cases that have it."""
        return self.right + self.missed

    @property
    def precision(self) -> float:
        """The share of reports that are right; NaN if there are none."""
        reports = self.right + self.wrong
        return self.right / reports if reports else math.nan

    @property
    def recall(self) -> float:
        """The share of cases in which it is found; NaN if there are none."""
        return self.right / self.present if self.present else math.nan

    @property
    def f1(self) -> float:
        """Harmonic mean of both; NaN if it neither occurs nor is reported."""
        all_of_them = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / all_of_them if all_of_them else math.nan


@dataclass(frozen=True, kw_only=True)
class Total:
    """The scores of one tool over many cases.

    Args:
        scores: The score of each sign.
        cases: Number of cases.
        right: Cases in which nothing was missed, late or wrong.
        healthy: Number of healthy cases.
        alarmed: Healthy cases in which the tool reported any sign.
    """

    scores: tuple[Score, ...]
    cases: int
    right: int
    healthy: int
    alarmed: int

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the signs that occur in the cases, equally weighted."""
        return self.macro_f1_of([score.sign for score in self.scores])

    def macro_f1_of(self, signs: Container[str]) -> float:
        """The same over some signs only: those that a tool has a rule for."""
        present = [
            score.f1
            for score in self.scores
            if score.right + score.missed and score.sign in signs
        ]
        return fmean(present) if present else math.nan


Totals = Mapping[str, Mapping[str, Total]]
"""Of one tool, by part of the clinic, then by half."""


def total(signs: Sequence[str], marked: Iterable[tuple[Case, Marks]]) -> Total:
    """Adds up the marks of many cases.

    Args:
        signs: The signs to score, in this order.
        marked: Cases with their marks.
    """
    pairs = list(marked)
    healthy = [marks for case, marks in pairs if not case.is_sick]
    return Total(
        scores=tuple(_score(sign, [m for _, m in pairs]) for sign in signs),
        cases=len(pairs),
        right=sum(marks.is_right for _, marks in pairs),
        healthy=len(healthy),
        alarmed=sum(bool(marks.wrong) for marks in healthy),
    )


def _score(sign: str, marks: Sequence[Marks]) -> Score:
    delays = [m.delay[sign] for m in marks if sign in m.right]
    return Score(
        sign=sign,
        right=len(delays),
        missed=sum(sign in m.late | m.missed for m in marks),
        wrong=sum(sign in m.wrong for m in marks),
        delay=median(delays) if delays else math.nan,
    )
