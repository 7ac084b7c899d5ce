"""The disk is full, or the run folder is not what it was."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kgrad.storage.run_file import run_files
from tests.faults.fault import fault, require
from tests.faults.scene import Outcome, Scene
from tests.faults.training import STEPS, at, fit

_KEPT = "training continues, nothing is lost once it can be written again"


def _at(
    first: int,
    action: Callable[[], object],
    then: int,
    undo: Callable[[], object],
) -> Callable[[int], None]:
    """Does something after one step, and undoes it after another."""
    begin, end = at(first, action), at(then, undo)

    def each(step: int) -> None:
        begin(step)
        end(step)

    return each


def _limit(folder: Path, room: int) -> None:
    """No file may grow beyond what the run file has, and so much more."""
    size = max((path.stat().st_size for path in run_files(folder)), default=0)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, hard))


def _unlimit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@fault("no room in the middle of a window, later there is", _KEPT)
def full_for_a_while(scene: Scene) -> Outcome:
    room = scene.random.randrange(4000)
    later = scene.random.randrange(scene.step, STEPS)

    def limit() -> None:
        _limit(scene.folder, room)

    scene.train(
        lambda: fit(scene.folder, _at(scene.step, limit, later, _unlimit))
    )
    outcome = scene.judge(missing=0)
    require(outcome, scene.made == STEPS, "training did not continue")
    return outcome


@fault(
    "no room in the middle of a window, and never again",
    "training continues, what was on disk stays whole, the rest is in memory",
)
def full_for_good(scene: Scene) -> Outcome:
    room = scene.random.randrange(4000)
    written = scene.place / "written"

    def note() -> None:
        written.write_text(str(scene.made))
        _limit(scene.folder, room)

    def train() -> None:
        history = fit(scene.folder, at(scene.step, note)).history
        assert np.array_equal(history.steps, np.arange(1, STEPS + 1))
        assert scene.is_as_always(history)
        print("all is in memory")

    scene.train(train)
    if not run_files(scene.folder):
        outcome = Outcome(scene.made, 0)
    else:
        outcome = scene.judge(made=int(written.read_text()))
        never = [w for w in outcome.wrong if "was never made" in w]
        outcome.wrong = [w for w in outcome.wrong if w not in never]
    require(outcome, scene.made == STEPS, "training did not continue")
    require(outcome, "all is in memory" in scene.output, "memory lacks steps")
    return outcome


@fault(
    "a device that is really full, event file included",
    "training continues, what was on disk stays whole, the rest is in memory",
)
def full_device(scene: Scene) -> Outcome:
    """A file system of its own where that can be mounted, as a limit else."""
    scene.folder.mkdir()
    size = scene.random.randrange(8, 20)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", scene.folder],
        capture_output=True,
    )
    if mounted.returncode:
        return full_for_good(scene)
    try:

        def train() -> None:
            history = fit(scene.folder).history
            assert np.array_equal(history.steps, np.arange(1, STEPS + 1))
            print("all is in memory")

        scene.train(train)
        read = scene.judge(made=0, missing=STEPS)
        outcome = Outcome(scene.made, 0, said=read.said)
        outcome.wrong = [w for w in read.wrong if "was never made" not in w]
        require(outcome, scene.made == STEPS, "training did not continue")
        lacks = "all is in memory" not in scene.output
        require(outcome, not lacks, "memory lacks steps")
        require(outcome, "is kept in memory" in scene.output, "no warning")
        return outcome
    finally:
        subprocess.run(["umount", scene.folder], check=True)


@fault(
    "the run folder is removed",
    "training continues, nothing is lost but what was removed",
)
def removed(scene: Scene) -> Outcome:
    gone = scene.place / "gone"

    def remove() -> None:
        gone.write_text(str(scene.made))
        shutil.rmtree(scene.folder, ignore_errors=True)

    scene.train(lambda: fit(scene.folder, at(scene.step, remove)))
    removed_after = int(gone.read_text())
    outcome = scene.judge(first=removed_after + 1, missing=0)
    require(outcome, scene.made == STEPS, "training did not continue")
    require(outcome, bool(list(scene.folder.glob("events*"))), "no event file")
    return outcome


@fault("a file takes the place of the run folder, later it is gone", _KEPT)
def replaced(scene: Scene) -> Outcome:
    later = scene.random.randrange(1, STEPS - scene.step + 1)
    aside = scene.place / "aside"

    def replace() -> None:
        if scene.folder.exists():
            scene.folder.rename(aside)
        scene.folder.write_text("in the way")

    def undo() -> None:
        scene.folder.unlink()
        if aside.exists():
            aside.rename(scene.folder)

    def train() -> None:
        fit(scene.folder, _at(scene.step, replace, scene.step + later, undo))

    scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, scene.made == STEPS, "training did not continue")
    return outcome


@fault("the run folder becomes read-only, later it is not", _KEPT)
def read_only(scene: Scene) -> Outcome:
    later = scene.random.randrange(1, STEPS - scene.step + 1)
    scene.place.chmod(0o777)

    def shut() -> None:
        scene.folder.mkdir(exist_ok=True)
        for path in scene.folder.iterdir():
            path.chmod(0o444)
        scene.folder.chmod(0o555)

    def undo() -> None:
        scene.folder.chmod(0o755)
        for path in scene.folder.iterdir():
            path.chmod(0o644)

    def train() -> None:
        if os.geteuid() == 0:
            # To the one that may do everything nothing is read-only.
            os.seteuid(65534)
        fit(scene.folder, _at(scene.step, shut, scene.step + later, undo))

    scene.train(train)
    outcome = scene.judge(missing=0)
    require(outcome, scene.made == STEPS, "training did not continue")
    return outcome
