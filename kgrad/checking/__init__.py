"""Before training: a model and its data come in, findings come out."""

from __future__ import annotations

from kgrad.checking.before_training import check
from kgrad.checking.check_report import CheckReport

__all__ = ["CheckReport", "check"]
