"""Some cases from end to end: run, scored, and treated."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from zoo.cli import main
from zoo.clinic.baselines import BASELINES
from zoo.clinic.cases import CASES
from zoo.clinic.commands import OURS, chosen, examined
from zoo.clinic.examination import FILE, Examination
from zoo.clinic.markdown import SCORES

FEW = [
    "rate_too_small/dense-sgd",
    "nan_in_data/lstm-nan",
    "relu_recurrence/gain-2",
    "plain_conv/adam",
]
"""Small ones, of which the monitor makes no mistake."""

pytestmark = [
    pytest.mark.xdist_group("clinic"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    options = ["--runs", str(folder), "--processes", "1"]
    assert main(["clinic", "run", *FEW, *options]) == 0
    return folder


def test_the_monitor_makes_no_mistake_on_some_plain_cases(runs: Path) -> None:
    seed, marked = examined(chosen(FEW), runs)
    assert seed == 0
    for case, marks in marked[OURS]:
        assert not marks.missed | marks.late | marks.wrong, case.name
    assert set(marked) == {OURS, *BASELINES.names}


def test_every_tool_was_asked_in_every_case(runs: Path) -> None:
    for name in FEW:
        examination = Examination.read(runs / name)
        assert set(examination.baselines()) == set(BASELINES.names)
        assert examination.setting.outputs
        assert not examination.blind
        assert examination.steps > 0
    nan = Examination.read(runs / "nan_in_data/lstm-nan")
    assert nan.metrics["loss"] is None
    assert "nonfinite" in nan.baselines()["TerminateOnNaN"]


def test_what_is_done_is_not_done_again(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: (runs / name / FILE).stat().st_mtime_ns for name in FEW}
    assert main(["clinic", "run", *FEW, "--runs", str(runs)]) == 0
    assert "4 of 4 cases are already done." in capsys.readouterr().out
    for name, time in files.items():
        assert (runs / name / FILE).stat().st_mtime_ns == time


def test_a_folder_has_one_seed(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--runs", str(runs), "--seed", "1"]
    with pytest.raises(SystemExit):
        main(["clinic", "run", *FEW, *options])
    told = " ".join(capsys.readouterr().err.split())
    assert "`--seed` must be 0, that of the cases in `--runs`" in told


def test_a_half_is_chosen() -> None:
    halves = [chosen([], half) for half in ("tuning", "scored")]
    assert {case.half for case in halves[0]} == {"tuning"}
    assert len(halves[0]) + len(halves[1]) == len(list(CASES))
    (case,) = chosen(["dead_bias/conv", "nan_in_data/lstm-nan"], "scored")
    assert case.name == "nan_in_data/lstm-nan"


def test_a_case_that_was_examined_by_another_version_is_examined_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "dead_bias/conv"
    old = tmp_path / name / FILE
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    options = ["--runs", str(tmp_path), "--processes", "1"]
    assert main(["clinic", "run", name, *options]) == 0
    assert "already done" not in capsys.readouterr().out
    assert Examination.read(tmp_path / name).case == name


def test_the_score_is_told(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clinic", "score", *FEW, "--runs", str(runs)]) == 0
    told = capsys.readouterr().out
    for tool in (OURS, *BASELINES.names):
        assert re.search(rf"{tool}\W.*\d/\d", told), tool
    for part in ("Tools, gradients", "F1 by sign, gradients"):
        assert part in told
    assert "Tools, data" not in told


def test_the_page_gets_a_short_table(runs: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{SCORES.begin}\n{SCORES.end}\n")
    options = ["--runs", str(runs), "--write", str(page)]
    assert main(["clinic", "score", *FEW, *options]) == 0
    lines = page.read_text().splitlines()
    tools, signs = rows_of(page.read_text(), OURS)
    assert len(tools) == 2 + 1 + len(BASELINES.names)
    assert tools[2].endswith("| 1/1 | 3/3 | 0/1 |")
    assert "| `small_updates` | gradients | 1.00 | 1/1 |  |  |" in signs
    assert len(lines) < 40


def rows_of(text: str, name: str) -> tuple[list[str], list[str]]:
    """Of the two tables, the one of all tools and that of kgrad alone."""
    tables = [
        part.splitlines() for part in text.split("\n\n") if "| --" in part
    ]
    (tools,) = (table for table in tables if table[0].startswith("| tool |"))
    (signs,) = (table for table in tables if table[0].startswith(f"| {name} |"))
    return tools, signs


def test_what_another_version_examined_is_not_scored(tmp_path: Path) -> None:
    cases = chosen(["dead_bias/conv"])
    place = tmp_path / cases[0].name
    place.mkdir(parents=True)
    (place / FILE).write_text("{}")
    message = "must hold cases that this version examined; 'dead_bias/conv'"
    with pytest.raises(ValueError, match=message):
        examined(cases, tmp_path)


@pytest.mark.full
def test_an_ill_case_is_treated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proofs = tmp_path / "evidence.json"
    options = ["--runs", str(tmp_path), "--processes", "1"]
    names = ["rate_too_small/dense-sgd", "plain_conv/adam"]
    code = main(["clinic", "treat", *names, *options, "--proofs", str(proofs)])
    assert code == 0
    told = capsys.readouterr().out
    assert "Of 1 sick cases, 1 were given a remedy" in told
    assert "improved the metric in 1 (100%)" in " ".join(told.split())
    found = json.loads(proofs.read_text())
    name = "larger_learning_rate"
    counts = found["small_updates"][name][name]
    assert (counts["tried"], counts["improved"]) == (1, 1)


def test_a_case_that_does_not_exist_is_answered_with_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["clinic", "run", "clif/*", "--runs", str(tmp_path)])
    assert "`PATTERN` must match a case" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["clinic", "score", "cliff/*", "--runs", str(tmp_path)])
    assert "were not run" in capsys.readouterr().err
    assert len(chosen([])) == len(list(CASES))
