"""How often a tool is right: precision, recall and F1 of each sign."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from zoo.clinic.case import Case
from zoo.clinic.label import Marks


@dataclass(frozen=True, kw_only=True)
class Score:
    """Of one sign, over many cases.

    Args:
        sign: Its name.
        right: Cases that show it, and where it was told in time.
        missed: Cases that show it, and where it was not, or too late.
        wrong: Cases that do not show it, and where it was told.
        delay: Median of the steps at which it was told, NaN if it never was.
    """

    sign: str
    right: int
    missed: int
    wrong: int
    delay: float

    @property
    def precision(self) -> float:
        """Of what was told, the part that is there; NaN if it never was."""
        told = self.right + self.wrong
        return self.right / told if told else math.nan

    @property
    def recall(self) -> float:
        """Of what is there, the part that was told; NaN if nothing is."""
        there = self.right + self.missed
        return self.right / there if there else math.nan

    @property
    def f1(self) -> float:
        """Harmonic mean of both; NaN if it never comes up."""
        all_of_them = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / all_of_them if all_of_them else math.nan


@dataclass(frozen=True, kw_only=True)
class Total:
    """Of one tool, over many cases.

    Args:
        scores: Of each sign that a case shows or the tool told of.
        healthy: Healthy cases.
        alarmed: Healthy cases in which it told of any sign.
    """

    scores: tuple[Score, ...]
    healthy: int
    alarmed: int

    @property
    def macro_f1(self) -> float:
        """Mean of F1 over the signs that cases show, each counted alike."""
        return self.macro_f1_of([score.sign for score in self.scores])

    def macro_f1_of(self, signs: Container[str]) -> float:
        """The same over some signs: those that a tool has a rule for."""
        there = [
            score.f1
            for score in self.scores
            if score.right + score.missed and score.sign in signs
        ]
        return fmean(there) if there else math.nan


def total(signs: Sequence[str], marked: Iterable[tuple[Case, Marks]]) -> Total:
    """Adds up the marks of many cases.

    Args:
        signs: Those to score, in this order.
        marked: Cases with their marks.
    """
    pairs = list(marked)
    healthy = [marks for case, marks in pairs if not case.is_ill]
    return Total(
        scores=tuple(_score(sign, [m for _, m in pairs]) for sign in signs),
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
