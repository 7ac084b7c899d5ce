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
from kgrad.acts import Act
from kgrad.diagnosis import Diagnosis
from kgrad.history import History
from kgrad.records import Epoch, Finding, Remedy, Target
from kgrad.samples import TimeProfile

if TYPE_CHECKING:
    from kgrad.monitor import GradientMonitor
    from kgrad.probe import spectrum, time_gradients
    from kgrad.treatment import treat

__version__ = "0.1.0"
__all__ = [
    "Act",
    "Diagnosis",
    "Epoch",
    "Finding",
    "GradientMonitor",
    "History",
    "Remedy",
    "Target",
    "TimeProfile",
    "actions",
    "spectrum",
    "time_gradients",
    "treat",
]


_ON_DEMAND = {
    "GradientMonitor": "kgrad.monitor",
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
