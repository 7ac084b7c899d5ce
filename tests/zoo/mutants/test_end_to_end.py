"""Some mutants from end to end: trained, labeled, and scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgrad import RunHistory
from zoo.cli import main
from zoo.mutants import treating
from zoo.mutants.commands import chosen
from zoo.mutants.labels import CLEAR
from zoo.mutants.markdown import SECTION
from zoo.mutants.reading import OURS, verdicts
from zoo.mutants.training import FILE, Trained
from zoo.mutants.treatment import Treated
from zoo.mutants.walk import walk

FEW = [
    "dense-blobs/base",
    "dense-blobs/rate_down-1000",
    "dense-blobs/mislabeled-1.0",
]
"""Small ones: a base, and two that cannot learn."""

pytestmark = [
    pytest.mark.xdist_group("mutants"),
    pytest.mark.full,
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mutants")
    options = ["--runs", str(folder), "--processes", "1"]
    assert main(["mutants", "run", *FEW, *options]) == 0
    return folder


def test_each_was_trained_with_several_seeds(runs: Path) -> None:
    base, *mutants = (Trained.read(runs / name) for name in FEW)
    assert len(base.skills) == 5
    assert len(set(base.skills)) > 1
    assert min(base.skills) > CLEAR
    assert {len(mutant.skills) for mutant in mutants} == {3}


def test_what_cannot_learn_is_ill_and_is_told(runs: Path) -> None:
    found, unclear = verdicts(chosen(FEW), runs)
    assert not unclear
    told = {v.mutant.name: v for v in found[OURS]}
    assert told["dense-blobs/base"].label == "healthy"
    assert not told["dense-blobs/base"].told.alarms
    slow = told["dense-blobs/rate_down-1000"]
    assert slow.label == "ill"
    assert slow.told.alarms
    assert slow.is_right(2)
    assert told["dense-blobs/mislabeled-1.0"].label == "ill"
    assert {len(of_tool) for of_tool in found.values()} == {3}


def test_walking_through_a_run_ends_with_what_was_told(runs: Path) -> None:
    for name in FEW:
        history = RunHistory.load(runs / name)
        (*_, last) = walk(history.snapshots)
        told = [d.sentence for d in history.diagnoses]
        assert [d.sentence for d in last.diagnoses] == told
        assert len(last.epochs) == len(history.epochs)


def test_what_was_told_of_a_healthy_one_is_replayed(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mutants", "replay", "--runs", str(runs)]) == 0
    shown = capsys.readouterr().out
    assert "Of 1 healthy programs" in shown


def test_what_became_of_treated_ones_is_said_again(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = tmp_path / "mutants.md"
    section = treating.SECTION
    docs.write_text(f"{section.begin}\n{section.end}\n")
    skills = Trained.read(runs / FEW[0]).skills[:3]
    Treated(
        mutant=FEW[1], told=True, remedy="faster", name="faster", skills=skills
    ).write(runs / FEW[1])
    options = ["--runs", str(runs), "--no-training", "--write", str(docs)]
    assert main(["mutants", "treat", *options]) == 0
    assert "Of 1 ill mutants, 1 are told" in capsys.readouterr().out
    assert "| faster | 1 | 1 | 1 |" in docs.read_text()


def test_what_is_done_is_not_done_again(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times = {name: (runs / name / FILE).stat().st_mtime_ns for name in FEW}
    assert main(["mutants", "run", *FEW, "--runs", str(runs)]) == 0
    assert "3 of 3 mutants are already done." in capsys.readouterr().out
    for name, time in times.items():
        assert (runs / name / FILE).stat().st_mtime_ns == time


def test_the_held_out_half_is_scored_only_if_asked_for(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "mutants.md"
    page.write_text(f"{SECTION.begin}\n{SECTION.end}\n")
    assert main(["mutants", "score", "--runs", str(runs)]) == 0
    told = capsys.readouterr().out
    assert "Mutants, tuning: 3 programs, 1 of them bases" in told
    assert "Mutants, scored" not in told
    options = ["--runs", str(runs), "--held-out", "--write", str(page)]
    assert main(["mutants", "score", *options]) == 0
    told = capsys.readouterr().out
    assert "Mutants, scored: 0 programs" in told
    assert "Mistakes" not in told
    text = page.read_text()
    assert "- tuning: 3 programs" in text
    assert f"| {OURS} | " in text
    assert "| `rate_down` | rate | 1/1 | 1/1 |" in text


def test_what_does_not_exist_is_answered_with_what_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["mutants", "run", "lstm/*", "--runs", str(tmp_path)])
    assert "`PATTERN` must match a mutant" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["mutants", "score", "--runs", str(tmp_path)])
    assert "`--runs` must hold bases and mutants" in capsys.readouterr().err
