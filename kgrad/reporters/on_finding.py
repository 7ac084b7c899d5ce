"""Calls a function of the user's own: for mail, chat or a pager."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from kgrad._arguments import require
from kgrad.records import Finding, Snapshot
from kgrad.reporters.base import Reporter
from kgrad.reporters.news import News


class OnFinding(Reporter):
    """Passes on the cause of each diagnosis as soon as `News` has it.

    Args:
        call: Takes a `Finding`.

    Raises:
        TypeError: If `call` is no function.
    """

    needs: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, call: Callable[[Finding], Any]) -> None:
        require(
            callable(call),
            "`on_finding` must be a function that takes a `kgrad.Finding`.",
            on_finding=call,
        )
        self._call = call
        self._news = News()

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Calls the function if there is something new."""
        for diagnosis in self._news.of(snapshot, findings):
            self._call(diagnosis.cause)

    def close(self, findings: Sequence[Finding]) -> None:
        """Calls it for what had to wait."""
        for diagnosis in self._news.rest(findings):
            self._call(diagnosis.cause)
