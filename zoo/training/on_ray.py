"""Runs on a Ray cluster, or on a Ray of this machine."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from typing import Any

from zoo.recipe import Recipe
from zoo.runs import result as result_file
from zoo.runs import run_folder
from zoo.training.grid import Began, Crashed, Event, Finished, Moved
from zoo.training.pool import ENVIRONMENT
from zoo.training.processes import Outcome, train_alone

_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class OnRay:
    """Trains on Ray: one core per run, as many at a time as there are cores.

    The machines need kgrad, but no shared file system: a run is trained in a
    folder of its own there and sent back when it is finished.

    Args:
        address: Of the cluster, as in `ray.init`: `"auto"`,
            `"ray://head:10001"`; None starts Ray on this machine.

    Raises:
        ImportError: If Ray is not installed.
    """

    address: str | None = None

    def __post_init__(self) -> None:
        _ray()

    def __call__(
        self, recipes: Sequence[Recipe], runs: str, compared: Sequence[str]
    ) -> Generator[Event, None, None]:
        """Trains every recipe, as `Executor` says."""
        ray = _ray()
        if not recipes:
            return
        ours = not ray.is_initialized()
        if ours:
            ray.init(
                self.address,
                include_dashboard=False if self.address is None else None,
                log_to_driver=False,
                configure_logging=False,
            )
        try:
            yield from _train(ray, recipes, runs, compared)
        finally:
            if ours:
                ray.shutdown()


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise ImportError(
            '`--executor ray` needs Ray: pip install "kgrad[ray]"'
        ) from error
    return ray


def _train(
    ray: Any, recipes: Sequence[Recipe], runs: str, compared: Sequence[str]
) -> Generator[Event, None, None]:
    from ray.util.queue import Queue

    queue = Queue(actor_options={"num_cpus": 0})
    remote = ray.remote(
        num_cpus=1, max_retries=0, runtime_env={"env_vars": ENVIRONMENT}
    )(_work)
    under_way = {
        remote.remote(recipe, queue, compared): recipe for recipe in recipes
    }
    try:
        while under_way:
            done, _ = ray.wait(list(under_way), timeout=_POLL_SECONDS)
            # Its reports come before its end.
            yield from _reported(queue)
            for reference in done:
                recipe = under_way.pop(reference)
                yield _end(ray, reference, recipe, runs)
    finally:
        for reference in under_way:
            ray.cancel(reference, force=True)
        queue.shutdown(force=True)


def _reported(queue: Any) -> Generator[Event, None, None]:
    while True:
        try:
            yield queue.get(block=False)
        except Empty:
            return


def _end(
    ray: Any, reference: Any, recipe: Recipe, runs: str
) -> Finished | Crashed:
    try:
        (result, warnings), files = ray.get(reference)
        event = Finished(recipe, result, warnings)
        _write(files, event, runs)
    except Exception as error:
        # Ray's wrapper names the exception that a run raised.
        cause = getattr(error, "cause", None) or error
        first = (str(cause).strip().splitlines() or [""])[0]
        return Crashed(recipe, f"{type(cause).__name__}: {first}", str(error))
    return event


def _work(
    recipe: Recipe, queue: Any, compared: Sequence[str]
) -> tuple[Outcome, dict[str, bytes]]:
    """What runs on the cluster."""
    queue.put(Began(recipe))
    last = 0.0

    def report(progress: tuple[int, str]) -> None:
        nonlocal last
        # Each is a message over the network.
        if time.monotonic() - last > 1:
            last = time.monotonic()
            queue.put(Moved(recipe, *progress))

    with TemporaryDirectory() as runs:
        outcome = train_alone(recipe, report, runs, compared)
        folder = Path(runs, recipe.folder)
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return outcome, files


def _write(files: Mapping[str, bytes], event: Finished, runs: str) -> None:
    """Writes a run here: its result last, so that it is whole or absent."""
    with run_folder.begin(runs, event.recipe) as folder:
        for name, content in files.items():
            if name != result_file.FILE:
                (folder / name).write_bytes(content)
        event.result.write(folder)
