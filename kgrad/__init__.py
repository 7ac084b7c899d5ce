"""Measure, diagnose and explain the gradients of a Keras model in training.

inside the compiled step: step/, guard/   |  on the host: session/, per window
                                          |
taps --> statistics --> window - 1 array -+-> signs/ --> diagnosis/ --> report/
what     one number     per-step   copy   |   findings   cause first    words,
flows    per target     table             |       |                     figures/
by, and                                   |       +-> actions/ if asked for
the data                                  +-> storage/ the run folder

kgrad.check(model, x, y)  # before training: checking/
model.fit(x, y, callbacks=[kgrad.GradientMonitor("runs/1")])
kgrad.RunHistory.load("runs/1").diagnoses
kgrad.treat(build, fit, "runs/treat")  # which remedy helps: treatment/
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kgrad import actions, signs
from kgrad.actions import Action
from kgrad.diagnosis import Diagnosis
from kgrad.records import (
    ActionRecord,
    Epoch,
    Finding,
    Measure,
    Remedy,
    Snapshot,
    Target,
    TimeProfile,
)
from kgrad.signs import Sign
from kgrad.storage.history import RunHistory

if TYPE_CHECKING:
    from kgrad import figures, reporters
    from kgrad.checking import check
    from kgrad.monitor import GradientMonitor
    from kgrad.probe import spectrum, time_gradients
    from kgrad.reporters import Reporter
    from kgrad.step.statistics import Statistic
    from kgrad.treatment import treat

__version__ = "0.2.0"
__all__ = [
    "Action",
    "ActionRecord",
    "Diagnosis",
    "Epoch",
    "Finding",
    "GradientMonitor",
    "Measure",
    "Remedy",
    "Reporter",
    "RunHistory",
    "Sign",
    "Snapshot",
    "Statistic",
    "Target",
    "TimeProfile",
    "actions",
    "check",
    "figures",
    "reporters",
    "signs",
    "spectrum",
    "time_gradients",
    "treat",
]


_ON_DEMAND = {
    "GradientMonitor": "kgrad.monitor",
    "Reporter": "kgrad.reporters",
    "Statistic": "kgrad.step.statistics",
    "figures": "",
    "reporters": "",
    "check": "kgrad.checking",
    "spectrum": "kgrad.probe",
    "time_gradients": "kgrad.probe",
    "treat": "kgrad.treatment",
}
"""What imports Keras or Plotly, which takes seconds: name to its module."""


def __getattr__(name: str) -> Any:
    """Imports what takes seconds when it is first asked for."""
    module = _ON_DEMAND.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not module:
        return importlib.import_module(f"{__name__}.{name}")
    return getattr(importlib.import_module(module), name)
