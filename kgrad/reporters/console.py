"""Says on the console what is wrong: in a line at once, and at the end."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from kgrad._arguments import require
from kgrad.diagnosis import Diagnosis, diagnoses
from kgrad.records import Finding, Snapshot
from kgrad.report.actions import ActionSummary
from kgrad.report.labels import labels, layer_labels, printable, shortened
from kgrad.report.report import headline, notes, reported
from kgrad.report.terminal import (
    terminal_actions,
    terminal_headlines,
    terminal_notes,
)
from kgrad.reporters.base import Reporter
from kgrad.reporters.news import News
from kgrad.signs.layer_order import LayerOrder
from kgrad.signs.wording import sentence

_ERASED = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))

MORE = "The evidence, and what else to try: kgrad report"


class ConsoleReporter(Reporter):
    """Prints each diagnosis, what to try first, and what actions did.

    As soon as something is found, that is printed in a line, once for each
    diagnosis: nobody has to wait for the end. `fit(verbose=0)` leaves these
    lines out.

    Args:
        always: Whether to print a line even if nothing was found.

    Raises:
        TypeError: If `always` is not a bool.
    """

    def __init__(self, *, always: bool = False) -> None:
        require(
            isinstance(always, bool),
            "`always` must be a bool. Allowed: True, False.",
            always=always,
        )
        self._always = always
        self._folder = "RUN_FOLDER"
        self._labels: dict[str, str] = {}
        self._layer_order = LayerOrder()
        self._steps = 0
        self._actions = ActionSummary()
        self._printed: tuple[Sequence[Finding], int] | None = None
        self._news = News()
        self._verbose = 2

    def begin(self, log_dir: str) -> None:
        """Learns which folder has the run; it may be one inside that given."""
        self._folder = shlex.quote(log_dir)

    def fit_begins(self, verbose: int) -> None:
        """Learns whether to be silent, and whether there is a bar."""
        self._verbose = verbose

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Learns the names of the targets, and how long the run is."""
        self._layer_order.update(snapshot)
        if len(snapshot.steps):
            self._steps = int(snapshot.steps[-1])
        if not self._labels.keys() >= {t.name for t in snapshot.targets}:
            self._labels |= labels(snapshot.targets)
        self._labels |= layer_labels(snapshot.targets, snapshot.samples)
        self._actions.add(snapshot.actions)
        for diagnosis in self._news.of(snapshot, findings):
            if self._verbose:
                self._tell(diagnosis)

    def _tell(self, diagnosis: Diagnosis) -> None:
        """Prints what is new."""
        console = Console()
        self._leave_bar(console)
        finding = diagnosis.cause
        told = sentence(finding.clause or finding.explanation.rstrip("."))
        console.print(
            f"kgrad: step {finding.first_step}: "
            f"{printable(shortened(told, self._labels))}",
            highlight=False,
            markup=False,
        )

    def _leave_bar(self, console: Console) -> None:
        """To an empty line: Keras' bar has no line break before its epoch ends.

        It is drawn anew below.
        """
        erases = console.is_terminal and not console.is_dumb_terminal
        if self._verbose == 1 and erases:
            console.control(_ERASED)
        elif self._verbose == 1 and not console.is_jupyter:
            console.line()

    def close(self, findings: Sequence[Finding]) -> None:
        """Prints what was found, unless it was printed already."""
        found = tuple(findings)
        state = found, self._actions.total
        if self._printed == state or not (any(state) or self._always):
            return
        self._printed = state
        # Made here: standard output may be another one than at first.
        console = Console()
        if sys.exception() is not None:
            self._leave_bar(console)
        known = diagnoses(found, self._layer_order)
        console.print(f"kgrad: {headline(known, self._steps)}", highlight=False)
        for part in (
            *terminal_actions(tuple(self._actions.lines(self._labels))),
            *terminal_headlines(reported(known, self._labels)),
            *terminal_notes(notes(found, self._labels)),
        ):
            console.print(part)
        if known:
            more = Text(printable(f"{MORE} {self._folder}"), "dim")
            console.print(more)
