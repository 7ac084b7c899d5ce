"""One sign, seen at one target."""

from __future__ import annotations

from dataclasses import dataclass

from kgrad.records.remedies import Remedy


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
