"""The same record told in different ways: one reporter a file."""

from __future__ import annotations

import os

from kgrad.reporters.base import Reporter

__all__ = ["Reporter", "default"]


def default(log_dir: str | os.PathLike[str]) -> list[Reporter]:
    """The reporters that a monitor has unless told otherwise."""
    return []
