"""How the parts of a diagnosis are told: in which order, in which words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from kgrad.diagnosis import Diagnosis
from kgrad.records import Finding, Remedy
from kgrad.remedies import evidence

REMEDIES = 3
"""How many remedies are told of each diagnosis."""

NOTHING = "Nothing was found."
"""What is told of a run without findings."""


@dataclass(frozen=True)
class Case:
    """One sign and all targets that show it.

    Args:
        sign: Name of the sign.
        findings: At least one, in the order in which they are told.
    """

    sign: str
    findings: tuple[Finding, ...]

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What to change, each change once, the most promising first."""
        by_code: dict[str, Remedy] = {}
        for finding in self.findings:
            for remedy in finding.remedies:
                by_code.setdefault(remedy.code, remedy)
        return tuple(by_code.values())


@dataclass(frozen=True)
class Change:
    """A remedy, and what it is told to be good for.

    Args:
        remedy: What to change.
        signs: All signs of the diagnosis that it is against.
        expectation: What it did in the clinic, a sentence.
    """

    remedy: Remedy
    signs: tuple[str, ...]
    expectation: str


def cases(findings: Iterable[Finding]) -> tuple[Case, ...]:
    """One case per sign, in the order of their first findings."""
    by_sign: dict[str, list[Finding]] = {}
    for finding in findings:
        by_sign.setdefault(finding.sign, []).append(finding)
    return tuple(Case(sign, tuple(found)) for sign, found in by_sign.items())


def changes(diagnosis: Diagnosis, most: int = REMEDIES) -> tuple[Change, ...]:
    """What to change, the most promising first.

    Args:
        diagnosis: What is wrong.
        most: How many remedies are taken, at least 1.
    """
    clinic = evidence.load()
    found = []
    for remedy in diagnosis.remedies[:most]:
        signs = diagnosis.signs_against(remedy)
        measured = (x for x in signs if evidence.total(x, remedy.id, clinic))
        sign = next(measured, signs[0])
        expected = evidence.expectation(sign, remedy.id, clinic)
        found.append(Change(remedy, signs, expected))
    return tuple(found)


def effect(remedy: Remedy) -> str:
    """What a remedy does, and what it leaves as it is, in two sentences."""
    does, does_not = (
        text.strip().rstrip(".")
        for text in (remedy.cures, remedy.does_not_cure)
    )
    sentence = f"{does[:1].upper()}{does[1:]}."
    return f"{sentence} Does not cure: {does_not}." if does_not else sentence


def span(finding: Finding) -> str:
    """The steps of a finding: `"7"` or `"7 to 900"`."""
    if finding.first_step == finding.last_step:
        return str(finding.first_step)
    return f"{finding.first_step} to {finding.last_step}"


def number(value: float, digits: int = 3) -> str:
    """A number as it is read in a table: `"0.00123"`, `"1.2e-09"`, `"nan"`."""
    return f"{value:.{digits}g}"


def known(value: float) -> str:
    """A number, or `"-"` if it is not known."""
    return "-" if math.isnan(value) else number(value)


def share(value: float) -> str:
    """A share as it is read in a table: `"12%"`, `"-"` if it is not known."""
    return "-" if math.isnan(value) else f"{value:.0%}"
