"""What a check found, in words."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kgrad.diagnosis import Diagnosis
from kgrad.records import Behavior, DataSummary, Finding, Setup
from kgrad.report.data_table import data_table
from kgrad.report.facts import Fact
from kgrad.report.html import html_fragment
from kgrad.report.report import Report, ReportedDiagnosis, reported


@dataclass(frozen=True, repr=False)
class CheckReport:
    """What is wrong before training has begun.

    It is as long, and as true, as there are findings.

    Args:
        findings: What is wrong, causes first.
        hints: What is worth knowing, though models that have it may train
            well.
        setup: What is trained, and how.
        data: The data in numbers.
        behavior: What the model does with a batch.
    """

    findings: tuple[Finding, ...]
    hints: tuple[Finding, ...]
    setup: Setup
    data: DataSummary
    behavior: Behavior

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __repr__(self) -> str:
        lines = [f"kgrad.check: {self._headline}"]
        for i, finding in enumerate(self.findings, 1):
            lines += ["", *_wrapped(f"{i}. ", finding.explanation)]
            lines += [
                f"   {line}"
                for remedy in finding.remedies
                for line in remedy.code.splitlines()
            ]
        if self.hints:
            lines += ["", "Worth knowing:"]
            for hint in self.hints:
                lines += _wrapped("- ", hint.explanation)
        return "\n".join(lines)

    @property
    def _headline(self) -> str:
        count = len(self.findings)
        return {0: "nothing found", 1: "1 finding"}.get(
            count, f"{count} findings"
        )

    def _repr_html_(self) -> str:
        """The same in a notebook, with the data in numbers."""
        tables = [data_table(self.data, "before training")]
        return html_fragment(
            Report(
                name=f"kgrad.check: {self._headline}",
                headline=self._headline,
                facts=tuple(
                    Fact("worth knowing", hint.explanation)
                    for hint in self.hints
                ),
                diagnoses=tuple(map(_reported, self.findings)),
                tables=tuple(tables if self.data.tensors else []),
            )
        )


def _reported(finding: Finding) -> ReportedDiagnosis:
    """What is wrong and what to change: there are no steps yet to speak of."""
    (diagnosis,) = reported([Diagnosis(finding)], {})
    return replace(diagnosis, sentence=finding.explanation, findings=())


def _wrapped(mark: str, text: str) -> list[str]:
    """The text on lines that fit the console; no word or name is broken."""
    return textwrap.wrap(
        text,
        max(shutil.get_terminal_size().columns, 40),
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
