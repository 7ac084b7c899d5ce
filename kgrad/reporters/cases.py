"""Findings sign by sign, and each remedy once: the order in which to tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kgrad.records import Finding, Remedy
from kgrad.signs import ranked


@dataclass(frozen=True)
class Case:
    """One sign and all targets that show it.

    Args:
        sign: Name of the sign.
        findings: At least one, the earliest first.
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
    """A remedy and all signs that it is against."""

    remedy: Remedy
    signs: tuple[str, ...]


def cases(findings: Sequence[Finding]) -> tuple[Case, ...]:
    """One case per sign, the gravest first."""
    ordered = ranked(findings)
    signs = dict.fromkeys(finding.sign for finding in ordered)
    return tuple(
        Case(sign, tuple(f for f in ordered if f.sign == sign))
        for sign in signs
    )


def changes(cases: Sequence[Case], per_sign: int) -> tuple[Change, ...]:
    """What to change: each remedy once, with the signs that it is against.

    Args:
        cases: What was found.
        per_sign: How many remedies of each sign are taken, at least 1.
    """
    signs: dict[str, list[str]] = {}
    remedies: dict[str, Remedy] = {}
    for case in cases:
        for remedy in case.remedies[:per_sign]:
            remedies.setdefault(remedy.code, remedy)
            signs.setdefault(remedy.code, []).append(case.sign)
    return tuple(
        Change(remedy, tuple(signs[code])) for code, remedy in remedies.items()
    )


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
