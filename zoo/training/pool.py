"""The one process pool: many jobs, each in a process of one thread.

Unlike `concurrent.futures` it passes on what a job reports meanwhile, survives
a process that is killed, and leaves none behind when this one is.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from tempfile import NamedTemporaryFile
from threading import Thread
from typing import Any, Generic, TypeVar

from rich.console import Console
from rich.progress import track

ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
"""One thread per process: many small models train fastest side by side."""

_TERM_SECONDS = 2.0

T = TypeVar("T")
Job = Callable[[T, Callable[[object], None]], object]
"""A picklable function of an item and of what sends reports."""


@dataclass(frozen=True)
class Update(Generic[T]):
    """What happens to an item.

    Args:
        item: The item.
    """

    item: T


@dataclass(frozen=True)
class Started(Update[T]):
    """Its job started."""


@dataclass(frozen=True)
class Reported(Update[T]):
    """Its job reported `value`."""

    value: Any


@dataclass(frozen=True)
class Done(Update[T]):
    """Its job returned `value`."""

    value: Any


@dataclass(frozen=True)
class Failed(Update[T]):
    """Its job raised, or its process ended; `reason` is one line of that."""

    reason: str
    details: str


ITEMS = 20
"""After 70 trainings a process held 4 GB."""


def run(
    job: Job[T], items: Iterable[T], processes: int
) -> Generator[Update[T], None, None]:
    """Does a job for every item; one that fails does not stop the others.

    A process does at most `ITEMS` items: graphs of models stay in its memory.

    Closing the generator early ends the processes. If this process is
    killed, those end within a second.

    Args:
        job: What to do with an item, a function of a module.
        items: The items; they are pickled.
        processes: How many at a time, 1 or more.

    Yields:
        What happens, as it happens.
    """
    waiting = deque(items)
    workers: dict[Connection, _Worker[T]] = {}
    try:
        while waiting or workers:
            while waiting and len(workers) < processes:
                worker = _Worker(job)
                workers[worker.connection] = worker
                yield worker.start(waiting.popleft())
            ready = wait(list(workers))
            for worker in [workers[c] for c in list(workers) if c in ready]:
                update = worker.next_update()
                yield update
                if isinstance(update, Reported):
                    continue
                if waiting and not worker.lost and worker.items < ITEMS:
                    yield worker.start(waiting.popleft())
                else:
                    workers.pop(worker.connection).end()
    finally:
        for worker in workers.values():
            worker.end()


def failures(
    updates: Generator[Update[T], None, None],
    what: str,
    total: int,
    console: Console,
) -> int:
    """Follows a run with a bar, and says which items failed; how many.

    Args:
        updates: Those of `run`.
        what: What the items are, beside the bar.
        total: Number of items.
        console: Where the bar is.
    """
    failed = 0
    with closing(updates):
        ended = (u for u in updates if isinstance(u, Done | Failed))
        for update in track(
            ended, description=what, total=total, console=console
        ):
            if isinstance(update, Failed):
                failed += 1
                console.print(f"{update.item}: {update.reason}", markup=False)
    return failed


class _Worker(Generic[T]):
    """A process that does the job for one item after the other."""

    def __init__(self, job: Job[T]) -> None:
        self.lost = False
        self.items = 0
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        # Closed by `end`.
        self._errors = NamedTemporaryFile("w+", errors="replace")  # noqa: SIM115
        self.process: BaseProcess = context.Process(
            target=_work, args=(theirs, job, self._errors.name), daemon=True
        )
        self.process.start()
        theirs.close()

    def start(self, item: T) -> Started[T]:
        self.item = item
        self.items += 1
        # If the process is gone, the next update says so.
        with suppress(ConnectionError):
            self.connection.send(item)
        return Started(item)

    def next_update(self) -> Update[T]:
        try:
            kind, values = self.connection.recv()
            update: Update[T] = kind(self.item, *values)
            return update
        except (EOFError, ConnectionError):
            self.lost = True
            self.process.join()
            reason = f"its process ended with code {self.process.exitcode}"
            return Failed(self.item, reason, self._errors.read())

    def end(self) -> None:
        self.process.terminate()
        self.process.join(_TERM_SECONDS)
        # TensorFlow catches SIGTERM where several workers train together.
        self.process.kill()
        self.process.join()
        self.process.close()
        self.connection.close()
        self._errors.close()


def _work(connection: Connection, job: Job[Any], errors: str) -> None:
    """What runs in the other process."""
    Thread(target=_end_with_parent, daemon=True).start()
    # TensorFlow writes to stderr, in the middle of the progress bars.
    with open(errors, "w") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    # Ctrl-C goes to every process of a terminal; the first one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(ENVIRONMENT)

    def report(value: object) -> None:
        connection.send((Reported, (value,)))

    while True:
        item = connection.recv()
        try:
            connection.send((Done, (job(item, report),)))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            connection.send((Failed, (reason, traceback.format_exc())))


def _end_with_parent() -> None:
    """A grid that was killed must not continue behind its user's back."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
