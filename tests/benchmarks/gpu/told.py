"""What is told: runs of the clinic, and the step of a NaN."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import keras

import kgrad
from zoo.clinic import examination, injections
from zoo.clinic.case import Case
from zoo.clinic.cases import CASES
from zoo.clinic.injections import Injection
from zoo.clinic.scoring import mark, reported

NAMES = (
    "forgetful_gate/lstm-adding40",
    "rate_too_large/lstm-adam",
    "mixed_precision/lstm",
)
"""Two ill ones and a healthy one; cuDNN's kernel can run all of them."""


@dataclass(frozen=True)
class Told:
    """What was told, beside what is the case.

    Args:
        title: Of a run.
        expected: What is the case, in words.
        found: What was told, in the same words.
        passed: Whether that is right.
    """

    title: str
    expected: str
    found: str
    passed: bool


def case_of(name: str) -> Told:
    """Trains a case of the clinic."""
    case: Case = CASES[name]
    keras.utils.clear_session()
    keras.utils.set_random_seed(case.seed)
    with tempfile.TemporaryDirectory() as folder:
        monitor = kgrad.GradientMonitor(
            folder, reporters=[], chance=case.chance, lag=case.lag or None
        )
        examination.fit(case, case.build(), [monitor])
        found = reported(monitor.history.snapshots)
    return Told(
        title=name,
        expected=", ".join(case.must) or "nothing",
        found=", ".join(found) or "nothing",
        passed=mark(case, found).is_right,
    )


def _injection(cell: str, **changed: object) -> Injection:
    usual: dict[str, object] = {
        "place": "gradient",
        "variable": 1,
        "entry": 3,
        "step": 11,
        "value": math.nan,
        "cell": cell,
        "jit_compile": False,
        "mixed": False,
        "steps_per_execution": 1,
        "seed": 1,
    }
    return Injection(**(usual | changed))  # type: ignore[arg-type]


INJECTIONS = {
    "LSTM": _injection("lstm"),
    "GRU mixed": _injection("gru", mixed=True, step=7),
    "SimpleRNN XLA": _injection(
        "simple_rnn", jit_compile=True, place="weight", variable=0, step=14
    ),
}
"""Not in a sampled step: there a plain one runs another kernel."""


def injected(name: str) -> Told:
    """Trains with a NaN in an entry of a gradient or a weight."""
    injection = INJECTIONS[name]
    with tempfile.TemporaryDirectory() as folder:
        found = injections.found(injection, Path(folder))
    expected = injections.expected(injection)
    return Told(
        title=f"{name}, a {injection.place}",
        expected=_at(expected),
        found=_at(found) if found else "nothing",
        passed=found == expected,
    )


def _at(place: tuple[int, str]) -> str:
    step, target = place
    return f"{target.removeprefix('rnn/')} @ {step}"
