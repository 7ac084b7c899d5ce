"""Many runs in several processes; each is told of as it goes on."""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from tempfile import NamedTemporaryFile

from zoo.recipe import Recipe
from zoo.result import Result


@dataclass(frozen=True)
class Began:
    """A run began."""

    recipe: Recipe


@dataclass(frozen=True)
class Moved:
    """A run has made so many steps; `words` say how it goes."""

    recipe: Recipe
    step: int
    words: str


@dataclass(frozen=True)
class Finished:
    """A run ended with a result, and perhaps with warnings."""

    recipe: Recipe
    result: Result
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Crashed:
    """A run ended without one; `reason` is a line, `details` all of it."""

    recipe: Recipe
    reason: str
    details: str = ""


Event = Began | Moved | Finished | Crashed


def train_all(
    recipes: Sequence[Recipe], runs: str, processes: int
) -> Generator[Event, None, None]:
    """Trains every recipe; a run that crashes does not stop the others.

    Many small models train fastest in several processes of one thread each.
    Leaving the generator early ends the processes.

    Args:
        recipes: What to train.
        runs: The folder of all runs.
        processes: How many at a time, 1 or more.

    Yields:
        What happens to the runs, as it happens.
    """
    waiting = deque(recipes)
    workers: dict[Connection, _Worker] = {}
    try:
        while waiting or workers:
            while waiting and len(workers) < processes:
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
        self.process.join()
        self.process.close()
        self.connection.close()
        self._errors.close()


def _work(connection: Connection, runs: str, errors: str) -> None:
    """What runs in the other process."""
    # TensorFlow talks to stderr, in the middle of the progress bars.
    with open(errors, "w") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    # Ctrl-C goes to every process of a terminal; the first one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(
        TF_CPP_MIN_LOG_LEVEL="3",
        TF_NUM_INTRAOP_THREADS="1",
        TF_NUM_INTEROP_THREADS="1",
        OMP_NUM_THREADS="1",
    )
    while True:
        connection.send(_outcome(connection, connection.recv(), runs))


def _outcome(
    connection: Connection, recipe: Recipe, runs: str
) -> Finished | Crashed:
    def report(step: int, words: str) -> None:
        connection.send(Moved(recipe, step, words))

    try:
        from zoo.train import train

        with warnings.catch_warnings(record=True) as caught:
            result = train(recipe, runs, report)
        messages = dict.fromkeys(str(each.message) for each in caught)
        return Finished(recipe, result, tuple(messages))
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return Crashed(recipe, reason, traceback.format_exc())
