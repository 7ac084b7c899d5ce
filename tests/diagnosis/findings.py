"""Findings made by hand, and the signs that come out as one diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kgrad import signs
from kgrad.diagnosis import diagnoses
from kgrad.records import GLOBAL, Finding
from kgrad.signs.layer_order import LayerOrder
from tests.signs.runs import run

RNN, HIDDEN, OUT = (f"net/{name}/kernel" for name in ("rnn", "hidden", "out"))
WHOLE_MODEL = ("slow_progress", "oscillation")
ORDER = LayerOrder(run())
NAMES = sorted({kind.name for kind in signs.SIGNS})


def found(
    sign: str,
    first: int = 100,
    target: str = "",
    last: int = 640,
    **changes: object,
) -> Finding:
    """A finding by hand; that of a whole model is global."""
    default = GLOBAL if sign in WHOLE_MODEL else RNN
    finding = Finding(sign, target or default, first, last, 1.0, 1.0, "It is.")
    return replace(finding, **changes)  # type: ignore[arg-type]


def grouped(
    findings: Sequence[Finding], order: LayerOrder | None = ORDER
) -> list[tuple[str, ...]]:
    """The signs of each diagnosis, the cause first."""
    return [
        tuple(f.sign for f in diagnosis.findings)
        for diagnosis in diagnoses(findings, order)
    ]
