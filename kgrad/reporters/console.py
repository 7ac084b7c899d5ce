"""Says on the console what is wrong, when training has ended."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from kgrad.diagnosis import diagnoses
from kgrad.records import Finding, Snapshot
from kgrad.report.actions import ActionSummary
from kgrad.report.labels import labels, layer_labels
from kgrad.report.report import headline, reported
from kgrad.report.terminal import terminal_actions, terminal_diagnoses
from kgrad.reporters.base import Reporter
from kgrad.signs.layer_order import LayerOrder


class ConsoleReporter(Reporter):
    """Prints each diagnosis with its findings, and what actions did.

    Args:
        always: Whether to print a line even if nothing was found.

    Raises:
        TypeError: If `always` is not a bool.
    """

    def __init__(self, *, always: bool = False) -> None:
        if not isinstance(always, bool):
            raise TypeError(
                "`always` must be a bool. Allowed: True, False. "
                f"Received: always={always!r}"
            )
        self._always = always
        self._labels: dict[str, str] = {}
        self._layer_order = LayerOrder()
        self._steps = 0
        self._actions = ActionSummary()
        self._printed: tuple[Sequence[Finding], int] | None = None

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Learns the names of the targets, and how long the run is."""
        self._layer_order.update(snapshot)
        if len(snapshot.steps):
            self._steps = int(snapshot.steps[-1])
        if not self._labels.keys() >= {t.name for t in snapshot.targets}:
            self._labels |= labels(snapshot.targets)
        self._labels |= layer_labels(snapshot.targets, snapshot.samples)
        self._actions.add(snapshot.actions)

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
            *terminal_diagnoses(reported(known, self._labels)),
        ):
            console.print(part)
