"""The signs of ill training: one a file, NumPy only."""

from __future__ import annotations

from kgrad.signs.base import Sign

__all__ = ["Sign", "default"]


def default() -> list[Sign]:
    """A fresh one of every sign."""
    return []
