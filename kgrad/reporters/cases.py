"""Findings sign by sign, so that a remedy is told once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kgrad.records import Finding, Remedy


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


def cases(findings: Sequence[Finding]) -> tuple[Case, ...]:
    """One case per sign, the sign that was seen first first."""
    ordered = sorted(findings, key=lambda finding: finding.first_step)
    signs = dict.fromkeys(finding.sign for finding in ordered)
    return tuple(
        Case(sign, tuple(f for f in ordered if f.sign == sign))
        for sign in signs
    )


def span(finding: Finding) -> str:
    """The steps of a finding: `"7"` or `"7 to 900"`."""
    if finding.first_step == finding.last_step:
        return str(finding.first_step)
    return f"{finding.first_step} to {finding.last_step}"


def number(value: float, digits: int = 3) -> str:
    """A number as it is read in a table: `"0.00123"`, `"1.2e-09"`, `"nan"`."""
    return f"{value:.{digits}g}"


def share(value: float) -> str:
    """A share as it is read in a table: `"12%"`, `"-"` if it is not known."""
    return "-" if math.isnan(value) else f"{value:.0%}"
