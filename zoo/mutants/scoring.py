"""From what was told of many mutants to how often it was right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from zoo.mutants.labels import Label
from zoo.mutants.mutant import Mutant
from zoo.mutants.told import Told


@dataclass(frozen=True)
class Verdict:
    """A mutant, what it is, and what a tool told of it.

    Args:
        mutant: The mutant, or a base.
        label: Whether it is ill.
        told: What the tool told of its first training.
    """

    mutant: Mutant
    label: Label
    told: Told

    def is_right(self, first: int) -> bool:
        """Whether a true cause is among the first ones that are named."""
        return bool(self.mutant.kind.causes & {*self.told.causes[:first]})


@dataclass(frozen=True)
class Share:
    """Some of many, with the interval of Wilson 1927.

    Args:
        count: How many.
        of: Of how many.
    """

    count: int
    of: int

    @classmethod
    def where(cls, truths: Iterable[bool]) -> Share:
        """The share of what is true."""
        every = list(truths)
        return cls(sum(every), len(every))

    @property
    def value(self) -> float:
        """As a number; NaN of none."""
        return self.count / self.of if self.of else math.nan

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, at 95 %; NaN of none."""
        if not self.of:
            return math.nan, math.nan
        z = 1.959964
        scale = 1 + z * z / self.of
        middle = (self.value + z * z / (2 * self.of)) / scale
        spread = math.sqrt(
            self.value * (1 - self.value) / self.of
            + z * z / (4 * self.of * self.of)
        )
        half = z * spread / scale
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How often a tool was right about mutants of one half.

    Args:
        detected: Ill mutants of which it told a problem.
        first: Ill mutants of which it named a true cause first.
        among_two: Ill mutants of which a true cause was among its first two.
        alarms: Healthy programs, bases among them, of which it told a problem.
        between: Likewise, of which it is not sure whether they are ill.
        noted: Healthy programs of which it told a note.
        in_time: Ill mutants of which it told a problem, that still held at
            the end, in the first half of the training.
    """

    detected: Share
    first: Share
    among_two: Share
    alarms: Share
    between: Share
    noted: Share
    in_time: Share

    @property
    def balanced(self) -> float:
        """Balanced accuracy: the mean of detection and silence."""
        return (self.detected.value + 1 - self.alarms.value) / 2


def score(verdicts: Sequence[Verdict]) -> Score:
    """Adds up what a tool told.

    Args:
        verdicts: Of mutants and bases; each was watched once.
    """
    ill = [v for v in verdicts if v.label == "ill"]
    healthy = [v for v in verdicts if v.label == "healthy"]
    return Score(
        detected=Share.where(v.told.alarms for v in ill),
        first=Share.where(v.is_right(1) for v in ill),
        among_two=Share.where(v.is_right(2) for v in ill),
        alarms=Share.where(v.told.alarms for v in healthy),
        between=Share.where(
            v.told.alarms for v in verdicts if v.label == "between"
        ),
        noted=Share.where(bool(v.told.notes) for v in healthy),
        in_time=Share.where(v.told.alarms and v.told.since <= 0.5 for v in ill),
    )
