"""Measure, diagnose and explain the gradients of a Keras model in training.

inside the compiled training step          |   on the host, per window
|
sources/ --> statistics/ --> window -- 1 array -+-> signs/ -+-> reporters/
what flows    one number     per-step   copy    |  findings |  show and keep
by            per target     table              |           +-> actions/
                                                |              if asked for

model.fit(x, y, callbacks=[kgrad.GradientMonitor("runs/1")])
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kgrad import actions
from kgrad.diagnosis import Diagnosis
from kgrad.records import (
    ActionRecord,
    Epoch,
    Finding,
    Remedy,
    Target,
    TimeProfile,
)
from kgrad.storage.history import RunHistory

if TYPE_CHECKING:
    from kgrad.checking import check
    from kgrad.monitor import GradientMonitor
    from kgrad.probe import spectrum, time_gradients
    from kgrad.treatment import treat

__version__ = "0.1.0"
__all__ = [
    "ActionRecord",
    "Diagnosis",
    "Epoch",
    "Finding",
    "GradientMonitor",
    "Remedy",
    "RunHistory",
    "Target",
    "TimeProfile",
    "actions",
    "check",
    "spectrum",
    "time_gradients",
    "treat",
]


_ON_DEMAND = {
    "GradientMonitor": "kgrad.monitor",
    "check": "kgrad.checking",
    "spectrum": "kgrad.probe",
    "time_gradients": "kgrad.probe",
    "treat": "kgrad.treatment",
}
"""What imports Keras, which takes seconds."""


def __getattr__(name: str) -> Any:
    """Imports what needs Keras when it is first asked for."""
    if name in _ON_DEMAND:
        return getattr(importlib.import_module(_ON_DEMAND[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
