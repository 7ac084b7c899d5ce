"""Reporters: steps and findings come in while a run is measured."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kgrad.reporters.base import Reporter
from kgrad.reporters.console import ConsoleReporter

if TYPE_CHECKING:
    from kgrad.reporters.tensorboard import TensorBoardReporter

__all__ = ["ConsoleReporter", "Reporter", "TensorBoardReporter", "default"]


def default() -> list[Reporter]:
    """The reporters of a monitor that is given none: a list to add to."""
    from kgrad.reporters.tensorboard import TensorBoardReporter

    return [TensorBoardReporter(), ConsoleReporter()]


def __getattr__(name: str) -> Any:
    """Imports TensorFlow, which `kgrad report` does without, when needed."""
    if name == "TensorBoardReporter":
        return getattr(importlib.import_module(f"{__name__}.tensorboard"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
