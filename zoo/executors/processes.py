"""Runs in several processes of this machine."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from tempfile import NamedTemporaryFile
from threading import Thread

from zoo.events import Began, Crashed, Event, Moved
from zoo.executors.outcome import ENVIRONMENT, outcome
from zoo.recipe import Recipe

_TERM_SECONDS = 2.0


@dataclass(frozen=True)
class Processes:
    """Trains in processes of one thread each.

    If this process is killed, those end within a second.

    Args:
        count: How many at a time, 1 or more.

    Raises:
        ValueError: If there are none.
    """

    count: int = 2

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(
                f"`count` must be at least 1. Received: count={self.count}"
            )

    def __call__(
        self, recipes: Sequence[Recipe], runs: str
    ) -> Generator[Event, None, None]:
        """Trains every recipe, as `Executor` says."""
        waiting = deque(recipes)
        workers: dict[Connection, _Worker] = {}
        try:
            while waiting or workers:
                while waiting and len(workers) < self.count:
                    worker = _Worker(runs)
                    workers[worker.connection] = worker
                    yield worker.begin(waiting.popleft())
                for worker in [workers[c] for c in _readable(workers)]:
                    event = worker.next_event()
                    yield event
                    if isinstance(event, Moved):
                        continue
                    if waiting and not worker.lost:
                        yield worker.begin(waiting.popleft())
                    else:
                        workers.pop(worker.connection).end()
        finally:
            for worker in workers.values():
                worker.end()


def _readable(workers: Mapping[Connection, object]) -> list[Connection]:
    ready = wait(list(workers))
    return [connection for connection in workers if connection in ready]


class _Worker:
    """A process that trains one recipe after the other."""

    def __init__(self, runs: str) -> None:
        self.lost = False
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        # Closed by `end`.
        self._errors = NamedTemporaryFile("w+", errors="replace")  # noqa: SIM115
        self.process: BaseProcess = context.Process(
            target=_work, args=(theirs, runs, self._errors.name), daemon=True
        )
        self.process.start()
        theirs.close()

    def begin(self, recipe: Recipe) -> Began:
        self.recipe = recipe
        # If the process is gone, the next event says so.
        with suppress(ConnectionError):
            self.connection.send(recipe)
        return Began(recipe)

    def next_event(self) -> Event:
        try:
            event: Event = self.connection.recv()
            return event
        except (EOFError, ConnectionError):
            self.lost = True
            self.process.join()
            reason = f"its process ended with code {self.process.exitcode}"
            return Crashed(self.recipe, reason, self._errors.read())

    def end(self) -> None:
        self.process.terminate()
        self.process.join(_TERM_SECONDS)
        # TensorFlow catches SIGTERM where several workers train together.
        self.process.kill()
        self.process.join()
        self.process.close()
        self.connection.close()
        self._errors.close()


def _work(connection: Connection, runs: str, errors: str) -> None:
    """What runs in the other process."""
    Thread(target=_end_with_parent, daemon=True).start()
    # TensorFlow talks to stderr, in the middle of the progress bars.
    with open(errors, "w") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    # Ctrl-C goes to every process of a terminal; the first one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(ENVIRONMENT)
    while True:
        recipe = connection.recv()

        def report(step: int, words: str, recipe: Recipe = recipe) -> None:
            connection.send(Moved(recipe, step, words))

        connection.send(outcome(recipe, runs, report))


def _end_with_parent() -> None:
    """A grid that was killed must not go on behind its user's back."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
