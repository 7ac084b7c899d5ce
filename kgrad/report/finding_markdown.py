"""Diagnoses and findings as Markdown, for TensorBoard's text tab."""

from __future__ import annotations

from collections.abc import Sequence

from kgrad.diagnosis import Diagnosis
from kgrad.records import Finding, Remedy
from kgrad.report.cases import Case, cases, effect, number, span
from kgrad.report.markdown import indented, words


def diagnoses_markdown(diagnoses: Sequence[Diagnosis]) -> str:
    """A list, an item for each illness: its sentence."""
    return "\n".join(f"* {words(d.sentence)}" for d in diagnoses)


def findings_markdown(findings: Sequence[Finding]) -> dict[str, str]:
    """A text for each sign that was found, by its name: the evidence."""
    return {case.sign: _case(case) for case in cases(findings)}


def _case(case: Case) -> str:
    found = "\n".join(_finding(finding) for finding in case.findings)
    return "\n\n".join([found, *map(_remedy, case.remedies)])


def _finding(finding: Finding) -> str:
    """An item of a list: TensorBoard makes the columns of tables narrow."""
    steps = "step" if finding.first_step == finding.last_step else "steps"
    return (
        f"* **{words(finding.target)}**, {steps} {span(finding)}: "
        f"{words(finding.explanation)} (Measured {number(finding.value)}, "
        f"limit {number(finding.limit)}.)"
    )


def _remedy(remedy: Remedy) -> str:
    name, told = words(remedy.name), words(effect(remedy))
    return f"**{name}**: {told}\n\n{indented(remedy.code)}"
