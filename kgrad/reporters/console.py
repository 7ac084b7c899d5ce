"""Says on the console what is wrong: with the data at once, else at the end."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kgrad._arguments import require
from kgrad.diagnosis import diagnoses
from kgrad.records import Finding, Snapshot
from kgrad.report.actions import ActionSummary
from kgrad.report.labels import labels, layer_labels, printable
from kgrad.report.report import headline, notes, reported
from kgrad.report.terminal import (
    terminal_actions,
    terminal_headlines,
    terminal_notes,
)
from kgrad.reporters.base import Reporter
from kgrad.signs.base import DATA
from kgrad.signs.layer_order import LayerOrder
from kgrad.signs.wording import sentence

MORE = "The evidence, and what else to try: kgrad report"


class ConsoleReporter(Reporter):
    """Prints each diagnosis, what to try first, and what actions did.

    What is wrong with data, labels, output or loss is known with the first
    batch, and printed then, in a line: nobody has to wait for the end.

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
        self._told_at_once: set[tuple[str, str]] = set()

    def begin(self, log_dir: str) -> None:
        """Learns which folder has the run; it may be one inside that given."""
        self._folder = shlex.quote(log_dir)

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Learns the names of the targets, and how long the run is."""
        self._layer_order.update(snapshot)
        if len(snapshot.steps):
            self._steps = int(snapshot.steps[-1])
        if not self._labels.keys() >= {t.name for t in snapshot.targets}:
            self._labels |= labels(snapshot.targets)
        self._labels |= layer_labels(snapshot.targets, snapshot.samples)
        self._actions.add(snapshot.actions)
        for finding in findings:
            place = finding.rule, finding.target
            if finding.sign in DATA and place not in self._told_at_once:
                self._told_at_once.add(place)
                Console().print(
                    f"kgrad: step {finding.first_step}: "
                    f"{sentence(finding.clause or finding.explanation)}",
                    highlight=False,
                    markup=False,
                )

    def close(self, findings: Sequence[Finding]) -> None:
        """Prints what was found, unless it was printed already."""
        found = tuple(findings)
        state = found, self._actions.total
        if self._printed == state or not (any(state) or self._always):
            return
        self._printed = state
        # Made here: standard output may be another one than at first.
        console = Console()
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
