"""The same record told in different ways: one reporter a file."""

from __future__ import annotations

import os

from kgrad.reporters.base import Reporter
from kgrad.reporters.console import ConsoleReporter

__all__ = ["ConsoleReporter", "Reporter", "default"]


def default(log_dir: str | os.PathLike[str]) -> list[Reporter]:
    """The reporters that a monitor has unless told otherwise."""
    # It imports TensorFlow, which `kgrad report` does without.
    from kgrad.reporters.tensorboard.reporter import TensorBoardReporter

    return [TensorBoardReporter(log_dir), ConsoleReporter()]
