"""One process at a time in a run folder: locks, children, removed folders."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kgrad.storage.lock import NAME, FolderLock
from kgrad.storage.recorder import Recorder
from kgrad.storage.run_file import run_files
from tests.reporters import made

HOLD = """
import sys
from kgrad.storage.lock import FolderLock
lock = FolderLock(sys.argv[1])
print(lock.folder, flush=True)
sys.stdin.read()
"""


@contextmanager
def another(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that holds the folder, and where it writes."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_a_lock_is_gone_when_it_is_released(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "run")
    assert lock.folder == tmp_path / "run"
    assert lock.is_good
    assert str(os.getpid()) in (tmp_path / "run" / NAME).read_text()
    lock.release()
    assert not lock.is_good
    assert not list((tmp_path / "run").iterdir())


def test_a_lock_is_gone_with_its_owner(tmp_path: Path) -> None:
    FolderLock(tmp_path)
    assert not list(tmp_path.iterdir())


def test_within_a_process_the_folder_is_shared(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(str(tmp_path))
    assert first.folder == second.folder
    first.release()
    assert second.is_good
    second.release()
    assert not list(tmp_path.iterdir())


def test_a_second_process_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    with another(tmp_path) as (process, folder):
        assert folder == tmp_path
        with another(tmp_path) as (_, second):
            assert second == tmp_path / "writer-2"
            lock = FolderLock(tmp_path)
            assert lock.folder == tmp_path / "writer-3"
            assert f"process {process.pid} on " in lock.other
            lock.release()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_lock_is_stale(number: int, tmp_path: Path) -> None:
    with another(tmp_path) as (process, _):
        process.send_signal(number)
        process.wait()
        assert (tmp_path / NAME).exists()
        assert FolderLock(tmp_path).folder == tmp_path


def test_a_child_does_not_inherit_the_lock(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from kgrad.storage.lock import FolderLock\n"
        "lock = FolderLock(sys.argv[1])\n"
        "if os.fork() == 0:\n"
        "    assert not lock.is_good\n"
        "    print(FolderLock(sys.argv[1]).folder, flush=True)\n"
        "    time.sleep(60)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        child = process.stdout.readline().strip()
        assert child == str(tmp_path / "writer-2")
        process.kill()
        process.wait()
        # The child goes on; it never had the lock of its parent.
        assert FolderLock(tmp_path).folder == tmp_path
        os.killpg(process.pid, signal.SIGKILL)


def test_a_folder_that_is_removed_is_locked_anew(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    lock = FolderLock(folder)
    shutil.rmtree(folder)
    assert not lock.is_good
    again = FolderLock(folder)
    assert again.is_good
    lock.release()
    assert again.is_good
    assert (folder / NAME).exists()


def test_a_recorder_says_where_it_writes_instead(tmp_path: Path) -> None:
    told = []
    with another(tmp_path) as (process, _):
        recorder = Recorder(
            tmp_path, pytest.fail, lambda *given: told.append(given)
        )
        recorder.write(made.snapshot(), ())
        recorder.write(made.snapshot(9), ())
        recorder.close()
    ((other, folder),) = told
    assert f"process {process.pid}" in other
    assert folder == tmp_path / "writer-2"
    assert not run_files(tmp_path)
    assert len(run_files(folder)) == 1
    # The other one has ended: what follows is where it was asked for.
    recorder.write(made.snapshot(17), ())
    assert len(run_files(tmp_path)) == 1
    assert list(recorder.history(()).steps) == list(range(1, 25))
    recorder.close()


def test_after_closing_the_same_file_goes_on(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, pytest.fail)
    for first in (1, 9):
        recorder.write(made.snapshot(first), ())
        recorder.close()
        assert not (tmp_path / NAME).exists()
    assert len(run_files(tmp_path)) == 1
    assert list(recorder.history(()).steps) == list(range(1, 17))
