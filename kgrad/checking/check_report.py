"""What a check found, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kgrad.records import Behavior, DataSummary, Finding, Setup


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
        count = len(self.findings)
        head = {0: "nothing found", 1: "1 finding"}.get(
            count, f"{count} findings"
        )
        lines = [f"kgrad.check: {head}"]
        for i, finding in enumerate(self.findings, 1):
            lines += ["", f"{i}. {finding.explanation}"]
            lines += [
                f"   {line}"
                for remedy in finding.remedies
                for line in remedy.code.splitlines()
            ]
        if self.hints:
            lines += ["", "Worth knowing:"]
            lines += [f"- {hint.explanation}" for hint in self.hints]
        return "\n".join(lines)
