"""What is printed in training and at its end, and when nothing is."""

import copy
import io
import sys
from dataclasses import replace

import pytest
from rich.console import Console
from rich.progress import Progress

from kgrad.diagnosis import diagnoses
from kgrad.records import Finding
from kgrad.report.report import reported
from kgrad.report.terminal import terminal_diagnoses
from kgrad.reporters import ConsoleReporter
from tests.reporters.made import CELL, REMEDY, finding, snapshot

pytestmark = pytest.mark.usefixtures("no_evidence")


def printed(
    capsys: pytest.CaptureFixture[str],
    findings: list[Finding],
    reporter: ConsoleReporter,
) -> str:
    """What is printed at the end alone, as after `fit(verbose=0)`."""
    reporter.fit_begins(0)
    reporter.write(snapshot(), findings)
    reporter.close(findings)
    return capsys.readouterr().out


HEALTHY = (
    "kgrad: no problem found in 8 steps; report: kgrad report RUN_FOLDER\n"
)


def test_that_nothing_was_found_is_said_when_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(capsys, [], ConsoleReporter()) == ""
    assert printed(capsys, [], ConsoleReporter(always=True)) == HEALTHY


@pytest.mark.parametrize("verbose", [1, 2])
def test_a_fit_that_prints_ends_with_a_line_if_nothing_was_found(
    verbose: int, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = ConsoleReporter()
    reporter.fit_begins(verbose)
    reporter.write(snapshot(), [])
    reporter.close([])
    assert capsys.readouterr().out == HEALTHY
    # A loop of fits says it once, and a loop of your own does not.
    reporter.fit_begins(verbose)
    reporter.close([])
    other = ConsoleReporter()
    other.write(snapshot(), [])
    other.close([])
    assert capsys.readouterr().out == ""


def test_a_fit_that_fails_is_not_said_to_be_healthy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter()
    reporter.fit_begins(1)
    reporter.write(snapshot(), [])
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        reporter.close([])
    assert capsys.readouterr().out == ""


def test_a_finding_is_told_in_a_sentence_with_what_to_try_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = printed(capsys, [finding()], ConsoleReporter())
    words = " ".join(out.split())
    assert "kgrad: 1 finding in 8 steps" in words
    assert "Exploding at `lstm/kernel` since step 3." in words
    assert "Try first: gradient clipping against exploding" in words
    for line in REMEDY.code.splitlines():
        assert f"    {line}" in out
    assert words.endswith("kgrad report RUN_FOLDER")  # It was not told which.
    assert len(out.splitlines()) < 12


def test_the_command_names_the_folder_that_has_the_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter()
    reporter.begin("runs/a [1]/run-2")
    out = printed(capsys, [finding()], reporter)
    words = " ".join(out.split())
    assert words.endswith("kgrad report 'runs/a [1]/run-2'")


def test_notes_are_printed_below_and_are_no_findings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note = replace(finding("overfitting"), severity="note")
    alone = printed(capsys, [note], ConsoleReporter())
    assert alone.startswith(f"{HEALTHY}Note, no problem: ")
    both = printed(capsys, [finding(), note], ConsoleReporter())
    assert both.startswith("kgrad: 1 finding in 8 steps")
    assert "overfitting" not in both
    assert both.index("gradient clipping") < both.index("Note, no problem: ")


def test_the_same_findings_are_printed_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter()
    assert printed(capsys, [finding()], reporter)
    assert printed(capsys, [finding()], reporter) == ""
    assert printed(capsys, [finding(last_step=90)], reporter)


def test_always_must_be_a_bool() -> None:
    with pytest.raises(TypeError, match=r"`always` must be .* always=1"):
        ConsoleReporter(always=1)  # type: ignore[arg-type]


def lines(
    findings: list[Finding], width: int = 80, *, full: bool = False
) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    labels = {f"{CELL}/kernel": "lstm/kernel"}
    told = reported(diagnoses(findings), labels)
    for part in terminal_diagnoses(told, full=full):
        console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in text.splitlines()]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_long_names_and_hostile_ones_stay_within_the_console(
    width: int,
) -> None:
    name = "model/" + 12 * "a_long_layer_name_" + "/[bold red]kernel[/]"
    told = lines([finding(target=name, explanation=f"In `{name}`.")], width)
    assert max(map(len, told)) <= width
    letters = "".join("".join(told).split())
    for part in ("[bold", "kernel[/]"):
        assert part in letters


def test_a_remedy_of_several_signs_is_told_once() -> None:
    told = lines([finding(), finding("large_updates", first_step=1)])
    code = [line for line in told if "global_clipnorm" in line]
    assert len(code) == 1
    remedy = "Try first: gradient clipping against large_updates, exploding"
    assert remedy in told


def test_findings_of_one_cause_are_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = [
        finding(clause=f"the gradient of `{CELL}/kernel` grew 9-fold"),
        finding("slow_progress", first_step=1, clause="nothing is learned"),
        finding("overfitting", first_step=1),
    ]
    out = printed(capsys, found, ConsoleReporter())
    words = " ".join(out.split())
    assert "kgrad: 2 diagnoses, 3 findings in 8 steps" in words
    sentence = (
        "1. Nothing is learned, because the gradient of `lstm/kernel` grew "
        "9-fold."
    )
    assert sentence in words
    assert "2. Overfitting at `lstm/kernel` since step 1." in words


def test_that_nothing_was_measured_in_the_clinic_is_left_to_the_full_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "clinic" not in printed(capsys, [finding()], ConsoleReporter())
    assert "  Not measured in the clinic." in lines([finding()], full=True)
    assert "  Not measured in the clinic." not in lines([finding()])


def test_the_evidence_is_a_row_for_each_sign() -> None:
    told = lines([finding(), finding("large_updates", first_step=1)])
    rows = [line.split() for line in told]
    assert ["sign", "target", "steps", "measured", "limit"] in rows
    (row,) = (row for row in rows if row[:1] == ["exploding"])
    assert row == ["exploding", "lstm/kernel", "3", "to", "7", "1230", "10"]


def test_a_name_cannot_command_the_terminal() -> None:
    name = "rnn\x1b[2J\u202e/kernel"
    told = lines([finding(target=name, explanation=f"In `{name}`.")])
    assert not any("\x1b" in line or "\u202e" in line for line in told)
    assert any("rnn�[2J�" in line for line in told)


def test_many_targets_of_a_sign_are_one_row() -> None:
    many = [
        finding(target=f"layer_{i}/kernel", first_step=i) for i in range(3, 40)
    ]
    told = lines(many)
    assert sum(line.startswith("exploding") for line in told) == 1
    assert "and 33 more" in " ".join(" ".join(told).split())
    assert len(told) < 30


def test_what_is_wrong_with_the_data_is_said_at_once_and_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = Finding(
        "labels",
        "y",
        1,
        1,
        5.0,
        4.0,
        "The labels run from 1 to 5. Keras counts from 0.",
        clause="the labels run from 1 to 5",
        rule="label_range",
    )
    reporter = ConsoleReporter()
    for _ in range(2):
        reporter.write(snapshot(), [wrong])
    out = capsys.readouterr().out
    assert out == "kgrad: step 1: The labels run from 1 to 5.\n"


def test_what_is_found_is_said_at_once_in_a_line_and_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clause = f"the gradient of `{CELL}/kernel` grew 9-fold"
    found = [
        finding(clause=clause),
        finding(target="sequential/dense/kernel", first_step=5),
        finding("slow_progress", first_step=1, clause="nothing is learned"),
    ]
    reporter = ConsoleReporter()
    reporter.write(snapshot(), found[:1])
    reporter.write(snapshot(9), found)
    out = capsys.readouterr().out
    line = "kgrad: step 3: The gradient of `lstm/kernel` grew 9-fold.\n"
    assert out == line


def test_a_line_stands_above_a_bar_that_rich_draws() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=60, height=20)
    reporter = ConsoleReporter()
    with Progress(console=console) as bar:
        bar.add_task("Training")
        bar.refresh()
        reporter.write(snapshot(), [finding(clause="it grew")])
        reporter.close([finding(clause="it grew")])
    # A line before the bar is drawn anew: what stood there is erased.
    for line in ("kgrad: step ", "kgrad: "):
        assert f"\r\x1b[2K{line}" in file.getvalue()


def test_what_standard_output_cannot_show_is_a_question_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    reporter = ConsoleReporter()
    reporter.write(snapshot(), [finding(clause="`größe` grew")])
    reporter.close([finding(clause="`größe` grew")])
    assert raw.getvalue().count(b"`gr??e` grew") == 2


def test_without_standard_output_nothing_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    reporter = ConsoleReporter()
    reporter.write(snapshot(), [finding()])
    reporter.close([finding()])


def test_a_copy_has_printed_nothing_yet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter(always=True)
    for _ in range(2):
        reporter.write(snapshot(), [finding(clause="it grew")])
        reporter.close([finding(clause="it grew")])
        assert capsys.readouterr().out.count("It grew.") == 2
        reporter = copy.deepcopy(reporter)
    assert "no problem" in printed(capsys, [], reporter)


def test_a_loop_after_a_silent_fit_is_not_silent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter()
    assert printed(capsys, [], reporter) == ""
    reporter.write(snapshot(9), [finding(clause="it grew")])
    assert capsys.readouterr().out == "kgrad: step 3: It grew.\n"


def test_a_notebook_has_one_output_without_colors_of_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setattr(
        "rich.jupyter.display", lambda segments, text: shown.append(text)
    )
    reporter = ConsoleReporter()
    reporter.fit_begins(0)
    reporter.write(snapshot(), [finding()])
    reporter.close([finding()])
    (text,) = shown
    assert text.startswith("kgrad: 1 finding in 8 steps\n")
    (line,) = (line for line in text.splitlines() if "global_clipnorm" in line)
    assert line.strip() == "0.1, global_clipnorm=1.0"
