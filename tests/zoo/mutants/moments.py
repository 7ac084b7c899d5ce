"""Runs of which it is said what was told of them, window by window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from kgrad.diagnosis import diagnoses
from kgrad.records import Epoch, Finding, Remedy, Setup, Severity
from zoo.mutants.walk import Moment


def finding(
    sign: str,
    clause: str = "it is ill",
    severity: Severity = "problem",
    remedies: tuple[Remedy, ...] = (),
) -> Finding:
    return Finding(
        sign,
        "global",
        1,
        1,
        0.0,
        0.0,
        "",
        remedies=remedies,
        clause=clause,
        rule=sign,
        severity=severity,
    )


def moment(step: int, *told: Finding, right: Iterable[float] = ()) -> Moment:
    """What was told at a step.

    Args:
        step: The last step; epochs are 10 steps long.
        *told: The findings.
        right: Validation accuracy of the epochs until then; 0.5 by default.
    """
    values = [*right] or [0.5] * (step // 10)
    epochs = tuple(
        Epoch(i, 10 * (i + 1), {"val_accuracy": value})
        for i, value in enumerate(values)
    )
    return Moment(step, epochs, told, diagnoses(told), Setup())


def walked(
    monkeypatch: pytest.MonkeyPatch, module: str, *moments: Moment
) -> None:
    """Makes a module see these moments in whatever run it walks through."""

    def walk(_: object) -> Iterator[Moment]:
        return iter(moments)

    monkeypatch.setattr(f"zoo.mutants.{module}.walk", walk)
