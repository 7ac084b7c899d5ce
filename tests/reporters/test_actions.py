"""What actions did is told wherever a run is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console

import kgrad
from kgrad.records import ActionRecord
from kgrad.report import Report
from kgrad.report.actions import ActionSummary
from kgrad.report.html import html_fragment
from kgrad.report.markdown import markdown_report
from kgrad.report.terminal import terminal_report
from kgrad.reporters import ConsoleReporter
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter
from tests.reporters.made import CELL, Events, snapshot

KERNEL = f"{CELL}/kernel"


def skipped(step: int) -> ActionRecord:
    what = f"Left out step {step}: `{KERNEL}` is not finite."
    return ActionRecord("skip", step, what, target=KERNEL)


CLIPPED = ActionRecord("clip", 8, "Clipped 5 of 8 steps.", count=5)
GAVE_IN = ActionRecord("skip", 16, "Gave in.", count=0)

WINDOWS = [
    snapshot(1, actions=(*map(skipped, (3, 4, 5, 7)), CLIPPED)),
    snapshot(9, actions=(skipped(12), GAVE_IN)),
]

HEADLINE = (
    "kgrad: no problem found in 16 steps; report: kgrad report RUN_FOLDER"
)
LINES = [
    "Left out step 3: lstm/kernel is not finite.",
    "Left out step 4: lstm/kernel is not finite.",
    "Gave in. (5 in all)",
    "Clipped 5 of 8 steps. (5 in all)",
]


def test_of_many_the_first_two_are_told_the_last_and_the_total() -> None:
    acts = [act for window in WINDOWS for act in window.actions]
    told = ActionSummary(acts)
    lines = list(told.lines({KERNEL: "lstm/kernel"}))
    assert [line.replace("`", "") for line in lines] == LINES
    assert told.total == 7


def test_the_console_tells_them_without_any_finding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter()
    for window in WINDOWS:
        reporter.write(window, ())
    reporter.close(())
    out = " ".join(capsys.readouterr().out.replace("`", "").split())
    assert out == " ".join([HEADLINE, *LINES])
    reporter.close(())
    assert capsys.readouterr().out == ""


def test_tensorboard_counts_them_and_tells_them(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    for window in WINDOWS:
        reporter.write(window, ())
    reporter.close(())
    events = Events(tmp_path)
    assert events.scalars("updates/skip") == {
        3: 1, 4: 2, 5: 3, 7: 4, 12: 5, 16: 5
    }  # fmt: skip
    assert events.scalars("updates/clip") == {8: 5}
    assert events.plugin("actions") == "text"
    first, *_, last = events.texts("actions")
    assert "Gave in" not in first
    assert [
        line.removeprefix("* ").replace("`", "").replace("\\", "")
        for line in last.splitlines()
    ] == LINES


def plain(text: str) -> str:
    """Without marks of Markdown and HTML, on one line."""
    return " ".join(re.sub(r"</?code>|[`*\\\\]", "", text).split())


@pytest.mark.parametrize("form", ["terminal", "markdown", "html"])
def test_reports_tell_them(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report.of("run", kgrad.RunHistory(WINDOWS))
    if form == "terminal":
        console = Console(width=200)
        for part in terminal_report(report):
            console.print(part)
        text = capsys.readouterr().out
    elif form == "markdown":
        text = markdown_report(report)
    else:
        text = html_fragment(report)
    for line in LINES:
        assert line in plain(text)
