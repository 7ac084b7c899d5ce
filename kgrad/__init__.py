"""Measure, diagnose and explain the gradients of a Keras model in training.

inside the compiled training step          |   on the host, per window
|
sources/ --> statistics/ --> window -- 1 array -+-> signs/ --> reporters/
what flows    one number     per-step   copy    |  findings    show and keep
by            per target     table              |

model.fit(x, y, callbacks=[kgrad.GradientMonitor("runs/1")])
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kgrad.history import History
from kgrad.records import Epoch, Finding, Remedy, Target, TimeProfile

if TYPE_CHECKING:
    from kgrad.monitor import GradientMonitor

__version__ = "0.1.0"
__all__ = [
    "Epoch",
    "Finding",
    "GradientMonitor",
    "History",
    "Remedy",
    "Target",
    "TimeProfile",
    "spectrum",
    "time_gradients",
]


def __getattr__(name: str) -> Any:
    """`GradientMonitor` imports Keras, which takes seconds: only on demand."""
    if name == "GradientMonitor":
        return importlib.import_module("kgrad.monitor").GradientMonitor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
