"""Says on the console what is wrong: in a line at once, and at the end."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
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

_NO_BAR = 2
"""How much `fit` prints where it is not told: in a loop inside `watch`."""

REPORT = "report: kgrad report"
MORE = "The evidence, and what else to try: kgrad report"


class ConsoleReporter(Reporter):
    """Prints each diagnosis, what to try first, and what actions did.

    As soon as something is found, that is printed in a line, once for each
    diagnosis: nobody has to wait for the end. `fit(verbose=0)` leaves these
    lines out, and the one that says that nothing was found.

    Args:
        always: Whether to say that nothing was found in any case, also after
            `fit(verbose=0)` and a loop of your own.

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
        self._verbose = _NO_BAR
        self._in_fit = False

    def __getstate__(self) -> dict[str, Any]:
        """A copy has printed nothing yet."""
        return vars(self) | vars(ConsoleReporter(always=self._always))

    def begin(self, log_dir: str) -> None:
        """Learns which folder has the run; it may be one inside that given."""
        self._folder = shlex.quote(log_dir)

    def fit_begins(self, verbose: int) -> None:
        """Learns whether to be silent, and whether there is a bar."""
        self._verbose = verbose
        self._in_fit = verbose > 0

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
        console = _console()
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
        self._print(tuple(findings))
        self._verbose = _NO_BAR
        self._in_fit = False

    def _print(self, found: tuple[Finding, ...]) -> None:
        state = found, self._actions.total
        is_over = sys.exception() is None
        if self._printed == state or not (
            any(state) or self._always or (self._in_fit and is_over)
        ):
            return
        self._printed = state
        console = _console()
        if not is_over:
            self._leave_bar(console)
        known = diagnoses(found, self._layer_order)
        hint = "" if known else f"; {REPORT} {printable(self._folder)}"
        parts: list[RenderableType] = [
            Text(f"kgrad: {headline(known, self._steps)}{hint}"),
            *terminal_actions(tuple(self._actions.lines(self._labels))),
            *terminal_headlines(reported(known, self._labels)),
            *terminal_notes(notes(found, self._labels)),
        ]
        if known:
            more = Text(printable(f"{MORE} {self._folder}"), "dim")
            parts.append(more)
        console.print(Group(*parts))


class _StandardOutput:
    """Standard output as it is now, for a `Console`.

    A `Console` would write past what rich itself puts in its place to keep a
    bar below what is printed; and it would fail where a letter cannot be
    shown, for which Keras prints a `?`.
    """

    def write(self, text: str) -> int:
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        shown = text.encode(encoding, "replace").decode(encoding)
        return sys.stdout.write(shown)

    def __getattr__(self, name: str) -> Any:
        if name == "rich_proxied_file":
            raise AttributeError(name)
        return getattr(sys.stdout, name)


def _console() -> Console:
    """Made for each use: standard output may be another one than before."""
    output: Any = None if sys.stdout is None else _StandardOutput()
    return Console(file=output)
