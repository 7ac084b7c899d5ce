"""What is printed in training and at its end, and when nothing is."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

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


def test_nothing_is_printed_when_nothing_was_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(capsys, [], ConsoleReporter()) == ""


def test_that_nothing_was_found_is_said_when_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = printed(capsys, [], ConsoleReporter(always=True))
    assert out == "kgrad: no problem found in 8 steps\n"


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
    assert alone.startswith("kgrad: no problem found in 8 steps\nNote, no prob")
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


def lines(findings: list[Finding], width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    labels = {f"{CELL}/kernel": "lstm/kernel"}
    for part in terminal_diagnoses(reported(diagnoses(findings), labels)):
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
    assert "Not measured in the clinic." in words


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
