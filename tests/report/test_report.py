"""One report: fit for JSON, and whole in every form that it is given."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from rich.console import Console

from kgrad import signs
from kgrad.records import ActionRecord
from kgrad.report import Report
from kgrad.report.html import html_fragment, html_report
from kgrad.report.markdown import markdown_report
from kgrad.report.terminal import terminal_report
from kgrad.storage.history import RunHistory
from tests.reporters.made import finding, sample, snapshot
from tests.signs.runs import profiles, run

SKIPPED = ActionRecord("skip", 3, "Skipped step 3: it is not finite.")


def full() -> Report:
    """A report with something in every one of its fields."""
    window = snapshot(samples=(sample(),), actions=(SKIPPED,))
    history = RunHistory([window], [finding()], ["A block is lost."])
    report = Report.of("runs/1", history)
    return replace(report, missing=("No `val_loss` was seen.",))


def terminal(report: Report) -> str:
    console = Console(file=io.StringIO(), width=400)
    for part in terminal_report(report, full=True):
        console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined]


def page(report: Report) -> str:
    return html_report(report, [], "")


FORMS = (terminal, markdown_report, html_fragment, page)


def plain(text: str) -> str:
    """Without marks of Markdown and HTML, on one line."""
    unescaped = html.unescape(re.sub(r"</?code>|`", "", text))
    return " ".join(unescaped.replace("\\", "").split())


def texts(part: Any) -> Iterator[str]:
    """All that is said in a part of a report."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            # What is a hint on the form, or said in another field, too.
            if name not in ("kind", "first_step", "headline", "title"):
                yield from texts(value)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from texts(each)


def test_every_field_is_filled_and_fit_for_json() -> None:
    report = asdict(full())
    assert all(report.values())
    assert len(report["tables"]) == 4
    assert json.loads(json.dumps(report))["name"] == "runs/1"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_all_of_it(form: Callable[[Report], str]) -> None:
    report = full()
    shown = plain(form(report))
    said = set(texts(asdict(report)))
    assert len(said) > 80
    for text in said:
        text = plain(text).removeprefix("steps ")
        assert text in shown, text


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_that_nothing_was_found(
    form: Callable[[Report], str],
) -> None:
    shown = plain(form(Report.of("run", RunHistory([snapshot(steps=1)]))))
    assert "No problem found in 1 step." in shown


def test_the_headline_counts_diagnoses_and_findings() -> None:
    ill = run(samples_of=profiles(0.2))
    one = RunHistory(ill, signs.diagnose(ill))
    assert Report.of("run", one).headline == (
        "1 diagnosis, 2 findings in 640 steps."
    )
    single = RunHistory(ill, [finding()])
    assert Report.of("run", single).headline == "1 finding in 640 steps."


def test_a_notebook_shows_a_run_and_its_diagnoses() -> None:
    ill = run(samples_of=profiles(0.2))
    history = RunHistory(ill, signs.diagnose(ill))
    (diagnosis,) = history.diagnoses
    for shown in (history, history.diagnoses):
        assert plain(diagnosis.sentence) in plain(shown._repr_html_())
    assert repr(diagnosis) == (
        "<Diagnosis: vanishing at net/rnn/kernel (step 1), then slow progress "
        "(step 1)>"
    )
    assert len(repr(history.diagnoses)) < 200
    hostile = [finding("<b>", target="<script>", clause="<script>")]
    shown = RunHistory(ill, hostile).diagnoses._repr_html_()
    assert "<script>" not in shown
    assert "No problem found" in RunHistory().diagnoses._repr_html_()
