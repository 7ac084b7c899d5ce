"""Findings that belong together as one illness, with a cause.

One illness shows in several signs: a gradient that explodes throws the
weights away, units saturate, the gradient vanishes, the metric stays at
guessing. Told one by one they are five alarms; told together, one diagnosis.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kgrad.diagnosis.causes import follows, onset, turn
from kgrad.diagnosis.choice import chosen
from kgrad.records import GLOBAL, Finding, Remedy
from kgrad.signs import kind_of, ranked
from kgrad.signs.layer_order import LayerOrder
from kgrad.signs.wording import SO_FAR, plain_name, sentence


@dataclass(frozen=True)
class Diagnosis:
    """One illness: its cause, and what there is because of it.

    Args:
        cause: The finding that the others follow from.
        because: The findings that are there because of the cause, directly
            or through others of them, in the order in which they began.
    """

    cause: Finding
    because: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The cause and what follows from it."""
        return self.cause, *self.because

    @property
    def first_step(self) -> int:
        """The first step that shows the cause."""
        return self.cause.first_step

    @cached_property
    def sentence(self) -> str:
        """What is wrong, why, where and since when, in one sentence."""
        symptoms = [f for f in self.because if kind_of(f.sign).is_symptom]
        told = {self.cause.sign}
        same = sum(f.sign in told for f in self.because)
        text = _clause(self.cause)
        if same:
            text += f" (and {same} more like it)"
        symptom = min(symptoms, key=_rank, default=self.cause)
        if symptom.sign not in told:
            text = f"{_clause(symptom)}, because {text}"
            told.add(symptom.sign)
        elif self.cause.reason:
            text += f", because {self.cause.reason}"
        others = [f for f in self.because if f.sign not in told]
        if others:
            text += f"; with it came {_listed(others)}"
        _, so_far, outlook = self.cause.clause.partition(SO_FAR)
        if "so far" not in text:
            text += so_far + outlook
        return sentence(text)

    @cached_property
    def remedies(self) -> tuple[Remedy, ...]:
        """What to change: each change once, in the order in which to try them.

        What is against the cause, then against the others: one of each kind,
        as `chosen` says. But where it ended in NaN, first what is against both,
        in the order of the latter: after one huge update, clipping keeps the
        loss finite and a smaller learning rate need not.
        """
        gravest = min(self.findings, key=_rank)
        if gravest.sign != "nonfinite":
            gravest = self.cause
        of_cause = {remedy.code for remedy in self.cause.remedies}
        first = [r for r in gravest.remedies if r.code in of_cause]
        return chosen(first, self.findings)

    def signs_against(self, remedy: Remedy) -> tuple[str, ...]:
        """The signs of this illness that one of `remedies` is named for."""
        return tuple(
            dict.fromkeys(
                finding.sign
                for finding in self.findings
                if any(remedy.covers(other) for other in finding.remedies)
            )
        )

    def __repr__(self) -> str:
        where = f"{self.cause.sign} at {self.cause.target}"
        more = f", then {_listed(self.because)}" if self.because else ""
        return f"<Diagnosis: {where} (step {self.first_step}){more}>"


class Diagnoses(tuple[Diagnosis, ...]):
    """What is wrong, the gravest first; a notebook shows the sentences."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        text = "".join(f"<li>{html.escape(d.sentence)}</li>" for d in self)
        items = re.sub("`(.+?)`", r"<code>\1</code>", text)
        return f"<ol>{items}</ol>" if self else "<p>No problem found.</p>"


def diagnoses(
    findings: Iterable[Finding], order: LayerOrder | None = None
) -> Diagnoses:
    """The illnesses behind what was found, the gravest and earliest first.

    Every problem is in one of them, and no note. Of several possible causes of
    a finding the one that began first counts, and of those that began together
    the one that the others can follow from. What follows from nothing stays a
    diagnosis of its own. Without `order` all layers are taken to be of one
    model.
    """
    order = LayerOrder() if order is None else order
    # Their remedies are in order already.
    alone = ranked((f for f in findings if not f.is_note), clinic={})
    in_order = sorted(alone, key=lambda f: _order(f, order))
    roots: list[int] = []
    for place, effect in enumerate(in_order):
        cause = next(
            (
                before
                for before in range(place)
                if follows(effect, in_order[before], order)
            ),
            None,
        )
        roots.append(place if cause is None else roots[cause])
    found = [
        Diagnosis(
            in_order[root],
            tuple(
                finding
                for place, finding in enumerate(in_order)
                if roots[place] == root != place
            ),
        )
        for root in dict.fromkeys(roots)
    ]
    return Diagnoses(sorted(found, key=_gravity))


def _order(
    finding: Finding, order: LayerOrder
) -> tuple[bool, int, tuple[bool, int, int]]:
    """Causes before consequences; what is always there last."""
    lasts = kind_of(finding.sign).dated_by == "run"
    return lasts, onset(finding, order), turn(finding.sign)


def _gravity(diagnosis: Diagnosis) -> tuple[int, int]:
    return min(map(_rank, diagnosis.findings)), diagnosis.first_step


def _rank(finding: Finding) -> int:
    return kind_of(finding.sign).rank


def _clause(finding: Finding) -> str:
    """What a finding says, as a part of a sentence."""
    if finding.clause:
        return finding.clause.partition(SO_FAR)[0]
    where = "" if finding.target == GLOBAL else f" at `{finding.target}`"
    return f"{plain_name(finding.sign)}{where} since step {finding.first_step}"


def _listed(findings: Sequence[Finding]) -> str:
    """`"large updates (step 7), vanishing (step 51) and saturation (51)"`."""
    first: dict[str, int] = {}
    for finding in findings:
        first.setdefault(finding.sign, finding.first_step)
    items = [
        f"{plain_name(sign)} (step {step})" for sign, step in first.items()
    ]
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last
