"""Data, labels, output, loss and plan of a model, checked before training."""

from __future__ import annotations

from kgrad.checking.before_training import check
from kgrad.checking.check_report import CheckReport

__all__ = ["CheckReport", "check"]
