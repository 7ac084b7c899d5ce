"""Reporters: steps and findings come in while a run is measured."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from kgrad._arguments import items
from kgrad.records import Finding
from kgrad.reporters.base import Reporter
from kgrad.reporters.console import ConsoleReporter
from kgrad.reporters.on_finding import OnFinding

if TYPE_CHECKING:
    from kgrad.reporters.mlflow import MlflowReporter
    from kgrad.reporters.notebook import NotebookReporter
    from kgrad.reporters.tensorboard import TensorBoardReporter
    from kgrad.reporters.wandb import WandbReporter

__all__ = [
    "ConsoleReporter",
    "MlflowReporter",
    "NotebookReporter",
    "Reporter",
    "TensorBoardReporter",
    "WandbReporter",
    "default",
]

_ON_DEMAND = {
    "MlflowReporter": "mlflow",
    "NotebookReporter": "notebook",
    "TensorBoardReporter": "tensorboard",
    "WandbReporter": "wandb",
}
"""What imports TensorFlow or what may not be installed: name to its module."""


def default() -> list[Reporter]:
    """The reporters of a monitor that is given none: a list to add to."""
    from kgrad.reporters.tensorboard import TensorBoardReporter

    return [TensorBoardReporter(), ConsoleReporter()]


def chosen(
    reporters: Iterable[Reporter] | None,
    on_finding: Callable[[Finding], Any] | None,
) -> list[Reporter]:
    """Who is told, by what the user has given; `TypeError` of anything else."""
    given = default() if reporters is None else reporters
    told = items("reporters", given, Reporter)
    return told if on_finding is None else [*told, OnFinding(on_finding)]


def __getattr__(name: str) -> Any:
    """Imports TensorFlow, which `kgrad report` does without, when needed."""
    if name in _ON_DEMAND:
        module = importlib.import_module(f"{__name__}.{_ON_DEMAND[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
