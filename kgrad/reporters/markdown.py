"""Findings as Markdown, for TensorBoard's text tab."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from kgrad.records import Finding, Remedy
from kgrad.reporters.cases import Case, cases, effect, number, span


def findings_markdown(findings: Sequence[Finding]) -> dict[str, str]:
    """A text for each sign that was found, by its name."""
    return {case.sign: _case(case) for case in cases(findings)}


def _case(case: Case) -> str:
    found = "\n".join(_finding(finding) for finding in case.findings)
    return "\n\n".join([found, *map(_remedy, case.remedies)])


def _finding(finding: Finding) -> str:
    """An item of a list: TensorBoard makes the columns of tables narrow."""
    steps = "step" if finding.first_step == finding.last_step else "steps"
    return (
        f"* **{_text(finding.target)}**, {steps} {span(finding)}: "
        f"{_text(finding.explanation)} (Measured {number(finding.value)}, "
        f"limit {number(finding.limit)}.)"
    )


def _remedy(remedy: Remedy) -> str:
    """Its code is indented: then no character in it ends the block."""
    code = "\n".join(f"    {line}" for line in remedy.code.splitlines())
    return f"**{_text(remedy.name)}**: {_text(effect(remedy))}\n\n{code}"


def _text(text: str) -> str:
    """The same characters, none of them Markdown or HTML.

    Backticks around a name go: with them it would have to be code, in which
    nothing can be escaped.
    """
    line = html.escape(" ".join(text.replace("`", "").split()), quote=False)
    return re.sub(r"([\\*_{}\[\]()#+.!-])", r"\\\1", line)
