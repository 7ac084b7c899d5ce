"""Runs are read on, not again; many threads, little memory, bad files."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kgrad.storage.history import RunHistory
from kgrad.storage.run_file import run_files
from kgrad.storage.run_reader import RunFileReader
from kgrad.tensorboard_tab import readings
from kgrad.tensorboard_tab.readings import LiveRun, Readings, version
from tests.reporters import made
from tests.tensorboard_tab.runs import window, write


def test_a_run_reads_as_from_disk(tmp_path: Path) -> None:
    write(tmp_path, findings=[made.finding()])
    write(tmp_path, window(5, 8))
    history = LiveRun().read(run_files(tmp_path))
    expected = RunHistory.load(tmp_path)
    np.testing.assert_array_equal(history.steps, np.arange(1, 13))
    np.testing.assert_array_equal(
        history["gradient_norm"], expected["gradient_norm"]
    )
    assert history.findings == expected.findings
    assert len(history.samples) == len(expected.samples) == 2


def test_what_was_read_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = []
    plain = RunFileReader._decode
    monkeypatch.setattr(
        RunFileReader,
        "_decode",
        lambda self, *given: decoded.append(given) or plain(self, *given),  # type: ignore[func-returns-value]
    )
    recorder = write(tmp_path)
    run = LiveRun()
    first = run.read(run_files(tmp_path))
    assert run.read(run_files(tmp_path)) is first
    count = len(decoded)
    recorder.write(window(9, samples=()), [])
    second = run.read(run_files(tmp_path))
    assert second.snapshots[0] is first.snapshots[0]
    assert len(second.steps) == 16
    assert len(decoded) == count + 1


def test_a_record_that_is_half_written_is_waited_for(tmp_path: Path) -> None:
    recorder = write(tmp_path)
    (path,) = run_files(tmp_path)
    begun = path.stat().st_size
    recorder.write(window(9), [])
    whole = path.read_bytes()
    path.write_bytes(whole[: begun + (len(whole) - begun) // 2])
    run = LiveRun()
    history = run.read([path])
    assert (len(history.steps), history.damage) == (8, ())
    path.write_bytes(whole)
    history = run.read([path])
    assert (len(history.steps), history.damage) == (16, ())


def test_a_record_that_stays_half_is_damage(tmp_path: Path) -> None:
    write(tmp_path)
    (path,) = run_files(tmp_path)
    with open(path, "ab") as file:
        file.write(b"\x50\0\0\0half")
    run = LiveRun()
    assert run.read([path]).damage == ()
    before = version([path])
    long_ago = time.time() - readings.QUIET_SECONDS - 1
    os.utime(path, (long_ago, long_ago))
    assert version([path]) != before
    (damage,) = run.read([path]).damage
    assert "ends after 8 bytes; its writer was killed" in damage


@pytest.mark.parametrize("as_new_file", [True, False])
def test_a_run_that_was_trained_anew_replaces_the_old(
    tmp_path: Path, as_new_file: bool
) -> None:
    write(tmp_path / "old", window(1), window(9))
    write(tmp_path / "new", window(101, 64))
    (old,), (new,) = run_files(tmp_path / "old"), run_files(tmp_path / "new")
    run = LiveRun()
    assert run.read([old]).steps[-1] == 16
    if as_new_file:
        os.replace(new, old)
    else:
        old.write_bytes(new.read_bytes())
    np.testing.assert_array_equal(run.read([old]).steps, np.arange(101, 165))


def test_a_file_that_became_a_run_is_read(tmp_path: Path) -> None:
    write(tmp_path / "new")
    (new,) = run_files(tmp_path / "new")
    path = tmp_path / new.name
    path.write_bytes(b"something else")
    run = LiveRun()
    (damage,) = run.read([path]).damage
    assert damage.endswith("is not a kgrad run file")
    os.replace(new, path)
    history = run.read([path])
    assert (len(history.steps), history.damage) == (8, ())


def test_a_record_of_another_making_is_damage(tmp_path: Path) -> None:
    from kgrad.storage.run_file import RunFileWriter

    recorder = write(tmp_path)
    (path,) = run_files(tmp_path)
    writer = RunFileWriter(tmp_path / "other")
    writer.append_all([({"kind": "finding", "unheard": "of"}, ())])
    record = writer.path.read_bytes()[6:]
    with open(path, "ab") as file:
        file.write(record)
    recorder.write(window(9), [])
    history = LiveRun().read([path])
    assert len(history.steps) == 16
    (damage,) = history.damage
    assert "not a record of kgrad" in damage
    assert damage.endswith("no step is missing")


def test_a_file_that_is_gone_is_damage(tmp_path: Path) -> None:
    (damage,) = LiveRun().read([tmp_path / "gradients-0000.kgrad"]).damage
    assert "cannot be read: No such file" in damage


def test_the_version_changes_with_the_files(tmp_path: Path) -> None:
    recorder = write(tmp_path)
    before = version(run_files(tmp_path))
    assert version(run_files(tmp_path)) == before
    recorder.write(window(9), [])
    after = version(run_files(tmp_path))
    write(tmp_path, window(17))
    assert len({before, after, version(run_files(tmp_path))}) == 3


def test_the_runs_asked_for_last_are_held(tmp_path: Path) -> None:
    for name in "abc":
        write(tmp_path / name)
    size = run_files(tmp_path / "a")[0].stat().st_size
    held = Readings(limit=2 * size)
    for name in "abac":
        held.read(name, run_files(tmp_path / name))
    assert held.held("a") is not None
    assert held.held("b") is None
    assert held.held("c") is not None
    small = Readings(limit=1)
    small.read("a", run_files(tmp_path / "a"))
    assert small.held("a") is not None


def test_of_a_run_that_is_not_held_the_outline_is_read(tmp_path: Path) -> None:
    write(tmp_path)
    paths = run_files(tmp_path)
    shared = Readings()
    history = shared.outline("run", paths)
    assert (len(history.steps), history.samples) == (8, ())
    assert shared.held("run") is None
    read = shared.read("run", paths)
    assert shared.outline("run", paths) is read
    content = paths[0].read_bytes()
    paths[0].write_bytes(content[:-1] + b"?")
    history = Readings().outline("run", paths)
    assert len(history.damage) == 1


def test_many_threads_read_a_run_that_grows(tmp_path: Path) -> None:
    recorder = write(tmp_path)
    shared = Readings()

    def read(_: int) -> int:
        history = shared.read("run", run_files(tmp_path))
        assert history.damage == ()
        np.testing.assert_array_equal(np.diff(history.steps), 1)
        return len(history.steps)

    with ThreadPoolExecutor(8) as pool:
        lengths = pool.map(read, range(200))
        for i in range(1, 50):
            recorder.write(window(1 + 8 * i), [])
        assert max(lengths) <= 400
    assert read(0) == 400
