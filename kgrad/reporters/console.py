"""Tells what is wrong on the console when training has ended."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kgrad.diagnosis import Diagnosis, diagnoses
from kgrad.records import Finding, Snapshot
from kgrad.report.act_lines import ActionLines
from kgrad.report.labels import labels, layer_labels
from kgrad.report.printable import printable
from kgrad.report.tables import tell
from kgrad.reporters.base import Reporter
from kgrad.signs.layer_order import LayerOrder


class ConsoleReporter(Reporter):
    """Prints each diagnosis with its findings, and what actions did.

    Args:
        always: Whether to say so, too, when there is nothing to tell.

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
        self._course = LayerOrder()
        self._steps = 0
        self._acts = ActionLines()
        self._printed: tuple[Sequence[Finding], int] | None = None

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Learns the names of the targets, and how long the run is."""
        self._course.update(snapshot)
        if len(snapshot.steps):
            self._steps = int(snapshot.steps[-1])
        if not self._labels.keys() >= {t.name for t in snapshot.targets}:
            self._labels |= labels(snapshot.targets)
        self._labels |= layer_labels(snapshot.targets, snapshot.samples)
        self._acts.add(snapshot.actions)

    def close(self, findings: Sequence[Finding]) -> None:
        """Prints what there is, unless just that was printed before."""
        found = tuple(findings)
        telling = found, self._acts.total
        if self._printed == telling or not (any(telling) or self._always):
            return
        self._printed = telling
        # Made here: standard output may be another one than at first.
        console = Console()
        told = diagnoses(found, self._course)
        console.print(self._headline(told), highlight=False)
        for line in self._acts.lines(self._labels):
            console.print(Text(printable(line), "cyan"))
        for part in tell(told, self._labels):
            console.print(part)

    def _headline(self, told: Sequence[Diagnosis]) -> str:
        count = sum(len(diagnosis.findings) for diagnosis in told)
        seen = f"{count or 'no'} finding{'s' * (count != 1)}"
        if count > 1:
            one = len(told) == 1
            seen = f"{len(told)} {'diagnosis' if one else 'diagnoses'}, {seen}"
        return f"kgrad: {seen} in {self._steps} steps"
