"""Findings that belong together as one illness, with a cause.

One illness shows in several signs: a gradient that explodes throws the
weights away, units saturate, the gradient vanishes, the metric stays at
guessing. Told one by one they are five alarms; told together, one diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kgrad.diagnosis.causes import follows, onset
from kgrad.diagnosis.layer_order import LayerOrder
from kgrad.records import GLOBAL, Finding, Remedy
from kgrad.signs import SIGNS, ranked

_SYMPTOMS = ("nonfinite", "slow_progress", "oscillation")
"""What a person notices, the gravest first: a sentence begins with it."""

_AT_ONCE = (
    "exploding",
    "large_updates",
    "dead_units",
    "saturation",
    "vanishing",
    "small_updates",
    "nonfinite",
    "oscillation",
    "slow_progress",
)
"""What begins in the same step: the cause before its consequences."""


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
        symptoms = [f for f in self.because if f.sign in _SYMPTOMS]
        symptoms.sort(key=lambda f: _SYMPTOMS.index(f.sign))
        told = {self.cause.sign}
        same = sum(f.sign in told for f in self.because)
        text = _clause(self.cause)
        if same:
            text += f" (and {same} more like it)"
        if symptoms and symptoms[0].sign not in told:
            text = f"{_clause(symptoms[0])}, because {text}"
            told.add(symptoms[0].sign)
        elif self.cause.reason:
            text += f", because {self.cause.reason}"
        others = [f for f in self.because if f.sign not in told]
        if others:
            text += f"; with it came {_listed(others)}"
        return f"{text[:1].upper()}{text[1:]}."

    @cached_property
    def remedies(self) -> tuple[Remedy, ...]:
        """What to change: each change once, in the order in which to try them.

        First what is against the cause and against the gravest finding, too,
        in the order of the latter: where one huge update ended in NaN,
        clipping keeps the loss finite and a smaller learning rate need not.
        Then the rest of what is against the cause, then of the others.
        """
        gravest = min(self.findings, key=_rank)
        of_cause = {remedy.code for remedy in self.cause.remedies}
        first = [r for r in gravest.remedies if r.code in of_cause]
        rest = [r for finding in self.findings for r in finding.remedies]
        by_code: dict[str, Remedy] = {}
        for remedy in (*first, *rest):
            by_code.setdefault(remedy.code, remedy)
        return tuple(by_code.values())

    def signs_against(self, remedy: Remedy) -> tuple[str, ...]:
        """The signs of this illness that a remedy is named for, each once.

        Args:
            remedy: One of `remedies`.
        """
        return tuple(
            dict.fromkeys(
                finding.sign
                for finding in self.findings
                if remedy.code in {other.code for other in finding.remedies}
            )
        )


def diagnoses(
    findings: Iterable[Finding], course: LayerOrder | None = None
) -> tuple[Diagnosis, ...]:
    """The illnesses behind what was found.

    Every finding is in one of them. Of several possible causes of a finding
    the one that began first counts, and of those that began together the one
    that the others can follow from. What `kgrad.diagnosis.causes` has no
    rule for stays a diagnosis of its own.

    Args:
        findings: What was found.
        course: What is known of the run; without it all layers are taken to
            be of one model, and nothing is known of their order.

    Returns:
        The gravest first: that with the gravest finding, then the earliest.
    """
    course = LayerOrder() if course is None else course
    # Their remedies are in order already.
    alone = ranked(findings, clinic={})
    in_order = sorted(alone, key=lambda f: _order(f, course))
    roots: list[int] = []
    for place, effect in enumerate(in_order):
        cause = next(
            (
                before
                for before in range(place)
                if follows(effect, in_order[before], course)
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
    return tuple(sorted(found, key=_gravity))


def _order(finding: Finding, course: LayerOrder) -> tuple[bool, int, int]:
    """Causes before consequences; slow progress, always there, last."""
    rank = len(_AT_ONCE)
    if finding.sign in _AT_ONCE:
        rank = _AT_ONCE.index(finding.sign)
    return finding.sign == "slow_progress", onset(finding, course), rank


def _gravity(diagnosis: Diagnosis) -> tuple[int, int]:
    return min(map(_rank, diagnosis.findings)), diagnosis.first_step


def _rank(finding: Finding) -> int:
    """The lower, the graver; signs of the user's own come last."""
    names = [kind.name for kind in SIGNS]
    return names.index(finding.sign) if finding.sign in names else len(names)


def _clause(finding: Finding) -> str:
    """What a finding says, as a part of a sentence."""
    if finding.clause:
        return finding.clause
    where = "" if finding.target == GLOBAL else f" at `{finding.target}`"
    return f"{words(finding.sign)}{where} since step {finding.first_step}"


def _listed(findings: Sequence[Finding]) -> str:
    """`"large updates (step 7), vanishing (step 51) and saturation (51)"`."""
    first: dict[str, int] = {}
    for finding in findings:
        first.setdefault(finding.sign, finding.first_step)
    items = [f"{words(sign)} (step {step})" for sign, step in first.items()]
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def words(sign: str) -> str:
    """The name of a sign in a sentence: `"large updates"`."""
    return sign.replace("_", " ")
