"""Who listens while a run is measured: one reporter per file."""

from __future__ import annotations

import os

from kgrad.reporters.base import Reporter
from kgrad.reporters.console import ConsoleReporter

__all__ = ["ConsoleReporter", "Reporter", "default"]


def default(log_dir: str | os.PathLike[str]) -> list[Reporter]:
    """The reporters of a monitor that is given none: a list to add to.

    Args:
        log_dir: The run folder.
    """
    # It imports TensorFlow, which `kgrad report` does without.
    from kgrad.reporters.tensorboard.reporter import TensorBoardReporter

    return [TensorBoardReporter(log_dir), ConsoleReporter()]
