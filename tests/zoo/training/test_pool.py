"""The process pool, with jobs that need no TensorFlow."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
from collections.abc import Callable

from rich.console import Console

from zoo.training import pool
from zoo.training.pool import Done, Failed, Reported, Started, Update


def job(item: str, report: Callable[[object], None]) -> str:
    report(f"half of {item}")
    if item == "bad":
        raise ValueError("a bad item")
    if item == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{item} in {os.environ['OMP_NUM_THREADS']} thread"


def test_every_item_ends_whatever_becomes_of_the_others() -> None:
    updates = list(pool.run(job, ["bad", "killed", "a", "b"], 2))
    told: dict[str, list[Update[str]]] = {}
    for update in updates:
        told.setdefault(update.item, []).append(update)
    assert told["a"] == [
        Started("a"),
        Reported("a", "half of a"),
        Done("a", "a in 1 thread"),
    ]
    assert told["b"][-1] == Done("b", "b in 1 thread")
    bad = told["bad"][-1]
    assert isinstance(bad, Failed)
    assert bad.reason == "ValueError: a bad item"
    assert "Traceback" in bad.details
    killed = told["killed"][-1]
    assert isinstance(killed, Failed)
    assert killed.reason == "its process ended with code -9"
    assert not multiprocessing.active_children()


def test_closing_it_early_ends_the_processes() -> None:
    updates = pool.run(job, ["a", "b", "c"], 2)
    assert next(updates) == Started("a")
    assert multiprocessing.active_children()
    updates.close()
    assert not multiprocessing.active_children()


def test_no_items_need_no_process() -> None:
    assert list(pool.run(job, [], 2)) == []


def test_what_failed_is_counted_and_said() -> None:
    console = Console(file=io.StringIO(), width=80)
    updates = pool.run(job, ["a", "bad", "b"], 1)
    assert pool.failures(updates, "Jobs", 3, console) == 1
    assert isinstance(console.file, io.StringIO)
    assert "bad: ValueError: a bad item" in console.file.getvalue()
    assert not multiprocessing.active_children()


def process_of(item: int, report: Callable[[object], None]) -> int:
    return os.getpid()


def test_a_process_ends_after_some_items() -> None:
    """Graphs of models stay in its memory."""
    updates = list(pool.run(process_of, range(2 * pool.ITEMS + 1), 1))
    pids = [u.value for u in updates if isinstance(u, Done)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [
        pool.ITEMS,
        pool.ITEMS,
        1,
    ]
    assert not multiprocessing.active_children()
