"""Monitors that train at once: each gets a folder of its own."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from weakref import WeakSet

import pytest

from kgrad.session import running as module
from kgrad.session.running import Running


@pytest.fixture(autouse=True)
def no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Monitors of other tests may not be collected yet."""
    others: WeakSet[Running] = WeakSet()
    monkeypatch.setattr(module, "_all", others)


class SlowPath(type(Path())):  # type: ignore[misc]
    """A path on a disk that takes its time."""

    def absolute(self) -> Path:
        """The path, after other threads have had their turn."""
        time.sleep(0.05)
        return Path(str(self)).absolute()


def beside(count: int) -> list[Running]:
    """So many trainings in loops, all under way."""
    found = []
    for _ in range(count):
        one = Running()
        one.in_loop = True
        one.begins()
        found.append(one)
    return found


def test_those_that_decide_at_the_same_time_get_different_folders() -> None:
    running = beside(3)
    with ThreadPoolExecutor(len(running)) as pool:
        places = list(pool.map(lambda x: x.takes(SlowPath("runs")), running))
    names = sorted(str(place) for place in places)
    assert names == ["runs", "runs/writer-2", "runs/writer-3"]


def test_what_ended_leaves_its_folder_to_the_next() -> None:
    first, second = Running(), Running()
    first.takes(Path("runs"))
    second.begins()
    assert second.takes(Path("runs")) == Path("runs")


def test_what_was_interrupted_is_drained_by_the_next_one() -> None:
    drained = []
    first, second = Running(), Running()
    first.callbacks = []
    first.drain = lambda: lambda: drained.append(1)
    second.begins()
    assert drained == [1]
