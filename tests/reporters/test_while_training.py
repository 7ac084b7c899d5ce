"""What is said while `fit` runs, beside the bar that Keras draws."""

from __future__ import annotations

import copy
import io
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

import kgrad
from kgrad.reporters import ConsoleReporter
from tests.small import BATCH, data, dense, fit

LINE = "kgrad: step 3: Something was seen."


class Seen(kgrad.Sign):
    """Finds something at the third step."""

    name = "seen"
    description = "a test"
    found: tuple[kgrad.Finding, ...] = ()

    def update(self, snapshot: kgrad.Snapshot) -> None:
        if 3 in snapshot.steps:
            steps = (3, 3)
            clause = "something was seen"
            self.found = (self.finding("global", steps, 2.0, 1.0, clause),)

    @property
    def findings(self) -> tuple[kgrad.Finding, ...]:
        return self.found


class Printed(io.StringIO):
    """Standard output; a terminal or a file."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal

    def lines(self) -> list[str]:
        """What a reader sees, colors aside."""
        rows: list[list[str]] = [[]]
        column = 0
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.getvalue())
        for part in re.findall(r"\x1b\[2K|.", text, re.DOTALL):
            if part == "\n":
                rows.append([])
                column = 0
            elif part == "\r":
                column = 0
            elif part == "\b":
                column = max(column - 1, 0)
            elif part == "\x1b[2K":
                rows[-1][:] = " " * len(rows[-1])
            else:
                rows[-1][column : column + 1] = [part]
                column += 1
        return ["".join(row).rstrip() for row in rows]


def trained(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    terminal: str = "xterm",
    **arguments: Any,
) -> list[str]:
    """The lines that a training of 2 × 5 steps prints; `""` is a file."""
    printed = Printed(bool(terminal))
    monkeypatch.setattr(sys, "stdout", printed)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", terminal)
    monitor = kgrad.GradientMonitor(
        folder,
        signs=[Seen()],
        reporters=[ConsoleReporter()],
        window=4,
        time_every=None,
    )
    try:
        x, y = data()
        given = {"x": x, "y": y, "batch_size": BATCH, "epochs": 2} | arguments
        dense().fit(callbacks=[monitor], **given)
    except tf.errors.InvalidArgumentError:
        pass
    finally:
        monkeypatch.undo()
    return printed.lines()


def bars(lines: list[str]) -> list[str]:
    """The lines that are not kgrad's summary at the end."""
    return lines[: next(i for i, x in enumerate(lines) if " finding in" in x)]


@pytest.mark.parametrize("terminal", ["xterm", "dumb", ""])
def test_a_finding_is_a_line_of_its_own_above_the_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: str
) -> None:
    lines = trained(tmp_path, monkeypatch, terminal=terminal, verbose=1)
    shown = bars(lines)
    assert shown.count(LINE) == 1
    for line in shown:
        assert re.match(r"Epoch \d/2$|\d/5 ━|kgrad: |$", line), line
    # What cannot be erased stays above.
    assert sum(line.startswith("5/5") for line in shown) == 2
    assert len(shown) == (5 if terminal == "xterm" else 6)


@pytest.mark.parametrize("verbose", [2, "auto"])
def test_it_is_said_however_much_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verbose: Any
) -> None:
    shown = bars(trained(tmp_path, monkeypatch, verbose=verbose))
    assert shown.count(LINE) == 1
    assert "" not in shown


def test_a_silent_fit_prints_what_was_found_at_its_end_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = trained(tmp_path, monkeypatch, verbose=0)
    assert lines[0] == "kgrad: 1 finding in 10 steps"
    assert LINE not in lines


def test_a_fit_that_raises_has_its_findings_below_the_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = data()
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)

    @tf.autograph.experimental.do_not_convert  # It warns on Python 3.13.
    def failed(i: Any, batch: Any) -> Any:
        x, y = batch
        left = 4.0 - tf.cast(i, tf.float32)
        return tf.debugging.check_numerics(x / left, "no more"), y

    failing = batches.enumerate().map(failed)
    lines = trained(
        tmp_path,
        monkeypatch,
        x=failing,
        y=None,
        batch_size=None,
        shuffle=False,
        verbose=1,
    )
    assert lines.count(LINE) == 1
    assert "kgrad: 1 finding in 4 steps" in lines


def listening(
    folder: Path, call: Callable[[kgrad.Finding], Any]
) -> kgrad.GradientMonitor:
    return kgrad.GradientMonitor(
        folder,
        signs=[Seen()],
        reporters=[],
        on_finding=call,
        window=2,
        time_every=None,
    )


def heard(
    folder: Path, call: Callable[[kgrad.Finding], Any]
) -> kgrad.GradientMonitor:
    monitor = listening(folder, call)
    fit(dense(), monitor, epochs=2)
    return monitor


def test_a_function_is_called_once_with_what_was_found(tmp_path: Path) -> None:
    found: list[kgrad.Finding] = []
    monitor = heard(tmp_path, found.append)
    assert found == monitor.findings
    assert [finding.sign for finding in found] == ["seen"]


def test_a_function_that_raises_ends_no_training(tmp_path: Path) -> None:
    def mail(finding: kgrad.Finding) -> None:
        raise ConnectionError("no network")

    with pytest.warns(match="`OnFinding` failed and is closed.*no network"):
        monitor = heard(tmp_path, mail)
    assert len(monitor.history.steps) == 10


def test_what_is_no_function_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"must be a function.*on_finding='a"):
        kgrad.GradientMonitor(tmp_path, on_finding="a@b")  # type: ignore[arg-type]


def test_a_function_may_read_the_run_so_far(tmp_path: Path) -> None:
    read = []

    def look(finding: kgrad.Finding) -> None:
        read.append((len(monitor.history.steps), monitor.findings))

    monitor = listening(tmp_path, look)
    fit(dense(), monitor, epochs=2)
    ((steps, findings),) = read
    assert steps >= 3
    assert findings == monitor.findings
    assert kgrad.RunHistory.load(tmp_path).steps.tolist() == [*range(1, 11)]


def test_a_copy_calls_the_same_function(tmp_path: Path) -> None:
    class Bell:
        def __init__(self) -> None:
            self.lock = threading.Lock()  # Which cannot be copied.
            self.rung = 0

        def ring(self, finding: kgrad.Finding) -> None:
            self.rung += 1

    bell = Bell()
    monitor = heard(tmp_path, bell.ring)
    fit(dense(), copy.deepcopy(monitor))
    assert bell.rung == 2
