"""Tells on the console how far an experiment is."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from kgrad.records.numbers import number
from kgrad.treatment.results import Treatment, Treatments


class Telling:
    """A line when a run begins and one when it ends, the table at last.

    Lines and no bar: the user's `fit` may show a bar of its own.

    Args:
        console: Where to; None for nowhere.
    """

    def __init__(self, console: Console | None) -> None:
        self._console = console

    def begins(self, name: str) -> None:
        """A run begins."""
        self._print(Text.assemble("kgrad: training ", (name, "bold")))

    def ends(self, run: Treatment, metric: str, left: int) -> None:
        """A run has ended.

        Args:
            run: The run.
            metric: What it is judged by.
            left: How many are still to come.
        """
        value = f"{metric} {number(run.after, 4)}, " if metric else ""
        signs = ", ".join(run.signs) or "no sign"
        seen = run.reason or f"{value}{signs}"
        more = f"; {left} more to come" if left else ""
        self._print(Text(f"  {seen} ({run.seconds:.0f} s{more})"))

    def shows(self, treatments: Treatments) -> None:
        """All runs have ended."""
        if self._console is not None:
            self._console.print()
            self._console.print(treatments)

    def _print(self, line: Text) -> None:
        if self._console is not None:
            self._console.print(line, soft_wrap=True, highlight=False)
