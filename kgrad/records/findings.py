"""What was found, and what can be changed about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kgrad.records.edits import Edit

Severity = Literal["problem", "note"]
"""How much a finding matters.

A problem keeps the model from learning what it could; a note is as true, of a
model that learned all the same.
"""


@dataclass(frozen=True)
class Remedy:
    """A change to the reader's code, and what it is good for.

    Args:
        id: Name for machines, `"clip_gradients"`: what was measured of the
            remedy is kept by it, so that its words can change.
        name: Short, in the words of a lecture: `"gradient clipping"`.
        code: Python that can be pasted, adapted to the watched model.
        cures: What it does.
        does_not_cure: What it leaves as it is.
        edits: The same change for `kgrad.treat`, which does it to the
            model; none where only a person can do it.
    """

    id: str
    name: str
    code: str
    cures: str
    does_not_cure: str
    edits: tuple[Edit, ...] = ()

    def covers(self, other: Remedy) -> bool:
        """Whether it is the same change, of the same layers or more."""
        lines = set(self.code.splitlines())
        return self.id == other.id and lines >= set(other.code.splitlines())

    def __str__(self) -> str:
        return f"{self.code}  # {self.name}: {self.cures}"


@dataclass(frozen=True)
class Finding:
    """One sign, seen at one target, with the evidence for it.

    Args:
        sign: Name of the sign, `"exploding"`.
        target: Name of the target it was seen at.
        first_step: First step that shows it.
        last_step: Last step that shows it, so far.
        value: The measured value that decided.
        limit: What the value was compared with.
        explanation: Sentence with the numbers in it.
        remedies: What to change, the most promising first.
        clause: What the explanation begins with, without capital or full
            stop, to be a part of a sentence; `""` if the sign gives none.
        reason: What the sign itself saw lead to it, as a clause; `""` if
            it saw nothing.
        rule: Which rule of the sign saw it, `"exploding_in_time"`; `""` in
            files that were written before rules had names.
        severity: `"problem"`, or `"note"` for what a model that learned has
            done without: notes are in no diagnosis, and set off no action.
    """

    sign: str
    target: str
    first_step: int
    last_step: int
    value: float
    limit: float
    explanation: str
    remedies: tuple[Remedy, ...] = ()
    clause: str = ""
    reason: str = ""
    rule: str = ""
    severity: Severity = "problem"

    @property
    def is_note(self) -> bool:
        """Whether it is no problem, only worth knowing."""
        return self.severity == "note"
