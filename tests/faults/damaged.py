"""Run files that are cut, damaged, missing, or something else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kgrad.storage.history import RunHistory
from kgrad.storage.run_file import MAGIC, run_files
from tests.faults.fault import fault, require
from tests.faults.scene import Outcome, Scene
from tests.faults.training import LONG, WINDOW

_REST = "all but the damaged window is read, and the history says so"


def _damaged(
    scene: Scene, change: Callable[[bytearray], object], **judged: object
) -> Outcome:
    shutil.copytree(scene.reference, scene.folder)
    (path,) = run_files(scene.folder)
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)
    return scene.judge(made=LONG, **{"damage": True, **judged})  # type: ignore[arg-type]


def _place(scene: Scene, content: bytearray) -> int:
    return scene.random.randrange(len(MAGIC), len(content))


@fault("a run file is cut", "all before the cut is read, and it says so")
def cut(scene: Scene) -> Outcome:
    """However it is cut, what is read is what comes before."""
    whole = len(run_files(scene.reference)[0].read_bytes())
    length = scene.random.randrange(whole)

    def shorten(content: bytearray) -> None:
        del content[length:]

    outcome = _damaged(scene, shorten, damage=None, missing=LONG)
    part = RunHistory.load(scene.folder)
    require(
        outcome,
        bool(outcome.said) or outcome.lost % WINDOW in (0, 2),
        "nothing is said",
    )
    steps = np.arange(1, len(part.steps) + 1)
    require(outcome, np.array_equal(part.steps, steps), "there is a gap")
    # A window of this run takes so many bytes; headers come on top.
    expected = LONG * max(length - 9000, 0) // whole - 2 * WINDOW
    require(
        outcome, len(steps) >= expected, f"only {len(steps)} steps are read"
    )
    outcome.wrong = [
        w for w in outcome.wrong if "numbers" not in w or len(steps)
    ]
    outcome.lost = 0
    return outcome


@fault("a bit of a run file flips", _REST)
def bit(scene: Scene) -> Outcome:
    def flip(content: bytearray) -> None:
        content[_place(scene, content)] ^= 1 << scene.random.randrange(8)

    return _damaged(scene, flip)


@fault("three bits of a run file flip", "all but three windows are read")
def bits(scene: Scene) -> Outcome:
    def flip(content: bytearray) -> None:
        for _ in range(3):
            content[_place(scene, content)] ^= 1 << scene.random.randrange(8)

    return _damaged(scene, flip, missing=3 * WINDOW)


@fault(
    "512 bytes are zero, as after a power cut", "all but two windows are read"
)
def zeros(scene: Scene) -> Outcome:
    def clear(content: bytearray) -> None:
        start = _place(scene, content) // 512 * 512 + len(MAGIC)
        end = min(start + 512, len(content))
        content[start:end] = bytes(end - start)

    return _damaged(scene, clear, missing=2 * WINDOW)


@fault("garbage is appended to a run file", "all is read, and it says so")
def garbage(scene: Scene) -> Outcome:
    def append(content: bytearray) -> None:
        content += scene.random.randbytes(scene.random.randrange(1, 4096))

    return _damaged(scene, append, missing=0)


@fault("half a record lies between two whole ones", "all is read")
def half(scene: Scene) -> Outcome:
    def append(content: bytearray) -> None:
        content[len(MAGIC) : len(MAGIC)] = content[len(MAGIC) : len(MAGIC) + 99]

    return _damaged(scene, append, missing=0)


def _several(scene: Scene) -> list[Path]:
    """The same run in four files, each of two epochs."""
    from kgrad.storage.codec import Encoder
    from kgrad.storage.run_file import RunFileWriter

    windows = RunHistory.load(scene.reference).snapshots
    for first in range(0, len(windows), 8):
        encoder, writer = Encoder(), RunFileWriter(scene.folder)
        for window in windows[first : first + 8]:
            writer.append_all(encoder.snapshot(window))
    return run_files(scene.folder)


def _of_several(
    scene: Scene, change: Callable[[Path], object], first: int, last: int
) -> Outcome:
    files = _several(scene)
    before = [RunHistory.load(scene.folder).steps]
    place = scene.random.randrange(first, len(files) + last)
    change(files[place])
    left = len(RunHistory.load(scene.folder).steps)
    outcome = scene.judge(made=LONG, missing=LONG - left, damage=True)
    alone = len(before[0]) - left
    require(outcome, 0 < alone <= 2 * 50, f"{alone} steps are lost")
    outcome.lost = 0
    return outcome


@fault(
    "the first of several files is missing", "the others are read, it says so"
)
def first_missing(scene: Scene) -> Outcome:
    return _of_several(scene, Path.unlink, 0, -3)


@fault("a middle one of several is missing", "the others are read, it says so")
def middle_missing(scene: Scene) -> Outcome:
    return _of_several(scene, Path.unlink, 1, -1)


@fault("one of several files is empty", "the others are read, it says so")
def empty(scene: Scene) -> Outcome:
    return _of_several(scene, lambda path: path.write_bytes(b""), 0, 0)


@fault(
    "one of several files is something else", "the others are read, it says so"
)
def foreign(scene: Scene) -> Outcome:
    noise = scene.random.randbytes(5000)
    return _of_several(scene, lambda path: path.write_bytes(noise), 0, 0)
