"""The outline of a run is that of the run, or there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kgrad.figures.views import draw
from kgrad.records import ActionRecord
from kgrad.storage.history import RunHistory
from kgrad.storage.outline import load_outline
from kgrad.storage.recorder import Recorder
from kgrad.storage.run_file import run_files
from tests.reporters import made

STEPS = 8


def write(folder: Path, first: int = 1, windows: int = 12) -> None:
    """Windows with and without an epoch, action, sample; findings change."""
    recorder = Recorder(folder, failed=pytest.fail)
    for window in range(windows):
        step = first + STEPS * window
        snapshot = made.snapshot(
            step,
            seconds=1.5 * window,
            epochs=(made.epoch(window, step + 7),) if window % 5 == 4 else (),
            samples=(made.sample(step),) if window % 3 == 0 else (),
            loss=np.linspace(3, 1, STEPS) / (1 + step),
        )
        if window == 2:
            act = ActionRecord("skip", step + 1, "left out")
            snapshot = replace(snapshot, actions=(act,))
        found = [replace(made.finding(), last_step=step)]
        if window == 3:
            found = []
        elif window > 6:
            found.append(replace(found[0], target="elsewhere"))
        recorder.write(snapshot, found)
    end = first + STEPS * windows - 1
    recorder.write(
        made.snapshot(end, steps=0, epochs=(made.epoch(windows, end),)), found
    )
    recorder.close()


def outline(folder: Path) -> RunHistory | None:
    found = load_outline(run_files(folder))
    return found and RunHistory(*found)


def test_it_is_that_of_the_run(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, first=80, windows=4)
    found, whole = outline(tmp_path), RunHistory.load(tmp_path)
    assert found is not None
    assert len(found.snapshots) < len(whole.snapshots)
    for name in ("steps", "loss", "learning_rate", "skipped"):
        np.testing.assert_array_equal(
            getattr(found, name), getattr(whole, name)
        )
    for name in ("epochs", "actions", "origins", "setup", "target_records"):
        assert getattr(found, name) == getattr(whole, name), name
    assert len(whole.findings) == 2
    assert set(found.findings) == set(whole.findings)
    assert draw(found, "story") == draw(whole, "story")


def test_of_a_file_that_is_damaged_anywhere_there_is_none(
    tmp_path: Path,
) -> None:
    write(tmp_path)
    (path,) = run_files(tmp_path)
    good = path.read_bytes()
    for place in range(0, len(good), 1009):
        path.write_bytes(
            good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :]
        )
        assert outline(tmp_path) is None, place
    for length in range(6, len(good) - 1, 2003):
        path.write_bytes(good[:length])
        found, whole = outline(tmp_path), RunHistory.load(tmp_path)
        assert (found is None) == bool(whole.damage), length
    path.unlink()
    assert load_outline([path]) is None


def test_numbers_of_targets_are_not_made_up(tmp_path: Path) -> None:
    write(tmp_path)
    found = outline(tmp_path)
    assert found is not None
    norms = found["gradient_norm"]
    assert norms.shape == (len(found.steps), len(found.targets))
    assert np.isnan(norms).all()
    assert found.samples == ()


def test_windows_that_are_not_in_order_are_not_joined(tmp_path: Path) -> None:
    write(tmp_path / "a", windows=4)
    write(tmp_path / "b", windows=4)
    (a,), (b,) = run_files(tmp_path / "a"), run_files(tmp_path / "b")
    b.write_bytes(a.read_bytes() + b.read_bytes()[6:])
    found, whole = outline(tmp_path / "b"), RunHistory.load(tmp_path / "b")
    assert found is None or list(found.steps) == list(whole.steps)


def test_findings_that_go_on_are_as_they_were_last(tmp_path: Path) -> None:
    write(tmp_path)
    first, second = RunHistory.load(tmp_path).findings
    assert first.last_step == second.last_step == 1 + STEPS * 11
    assert first.remedies == second.remedies == (made.REMEDY,)
    assert {first.target, second.target} >= {"elsewhere"}
