"""Many cases in several processes; those that are done are left alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from zoo.clinic.case import Case
from zoo.executors.outcome import ENVIRONMENT

Work = Callable[[Case, Path], object]
"""What is done to a case, in its folder: a function of a module."""


def left(names: Sequence[str], runs: Path, file: str) -> list[str]:
    """The cases whose work is not done.

    Args:
        names: Cases.
        runs: Folder of all cases; each is in `FAMILY/VARIANT`.
        file: What the work writes at its end.
    """
    return [name for name in names if not (runs / name / file).exists()]


def work_on(
    work: Work, names: Sequence[str], runs: Path, processes: int = 2
) -> Iterator[tuple[str, Exception | None]]:
    """Works on cases, each in a process of one thread.

    Args:
        work: What to do.
        names: Cases.
        runs: Folder of all cases.
        processes: How many at a time.

    Yields:
        Each case as it ends, and the error if it ended with one.
    """
    with ProcessPoolExecutor(
        processes, get_context("spawn"), _begin
    ) as executor:
        waiting = {
            executor.submit(_work, work, name, runs): name for name in names
        }
        for future in as_completed(waiting):
            error = future.exception()
            if error is not None and not isinstance(error, Exception):
                raise error
            yield waiting[future], error


def _begin() -> None:
    """TensorFlow is imported later, and then finds this."""
    os.environ.update(ENVIRONMENT)


def _work(work: Work, name: str, runs: Path) -> None:
    from zoo.clinic.cases import CASES

    work(CASES[name], runs / name)
