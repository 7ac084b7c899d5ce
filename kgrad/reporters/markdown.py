"""Findings as Markdown, for TensorBoard's text tab."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from kgrad.records import Finding, Remedy
from kgrad.reporters.cases import Case, cases, number, span


def findings_markdown(findings: Sequence[Finding]) -> dict[str, str]:
    """A text for each sign that was found, by its name."""
    return {case.sign: _case(case) for case in cases(findings)}


def _case(case: Case) -> str:
    remedies = (_remedy(remedy) for remedy in case.remedies)
    return "\n\n".join([_table(case.findings), *remedies])


def _table(findings: Sequence[Finding]) -> str:
    rows = [
        "| target | steps | what was seen | value | limit |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows += [
        f"| {_text(f.target)} | {span(f)} | {_text(f.explanation)} "
        f"| {number(f.value)} | {number(f.limit)} |"
        for f in findings
    ]
    return "\n".join(rows)


def _remedy(remedy: Remedy) -> str:
    """Its code is indented: then no character in it ends the block."""
    code = "\n".join(f"    {line}" for line in remedy.code.splitlines())
    return (
        f"**{_text(remedy.name)}** cures: {_text(remedy.cures)} "
        f"Does not cure: {_text(remedy.does_not_cure)}\n\n{code}"
    )


def _text(text: str) -> str:
    """The same characters, none of them Markdown or HTML.

    Backticks around a name go: with them it would have to be code, in which
    nothing can be escaped.
    """
    line = html.escape(" ".join(text.replace("`", "").split()), quote=False)
    return re.sub(r"([\\*_{}\[\]()#+.!|-])", r"\\\1", line)
