"""`python -m zoo clinic inject`: is what is bad located exactly?"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

from zoo.clinic import bad_batches, tables
from zoo.clinic.bad_batches import BadRun
from zoo.clinic.located import FILE, LocatedRun
from zoo.training import pool


def into_data(options: Namespace) -> int:
    """Trains on bad entries, and counts those that are found and told."""
    console = Console()
    runs = bad_batches.draw(options.count, options.seed)
    folder = Path(options.runs) / f"seed-{options.seed}"
    waiting = [run for run in runs if not _is_done(run, folder / run.name)]
    if len(waiting) < len(runs):
        done = len(runs) - len(waiting)
        console.print(f"{done} of {len(runs)} runs are already done.")
    failed = 0
    with closing(_updates(waiting, folder, options.processes)) as updates:
        ended = (u for u in updates if isinstance(u, pool.Done | pool.Failed))
        for update in track(
            ended, description="Data", total=len(waiting), console=console
        ):
            if isinstance(update, pool.Failed):
                failed += 1
                line = f"{update.item.name}: {update.reason}"
                console.print(line, markup=False)
    if failed:
        return 1
    found = [LocatedRun.read(folder / run.name) for run in runs]
    for each in found:
        for one in each.located:
            if not one.is_exact:
                line = f"{each.run.name}: {one.entry}, reported {one.found}"
                console.print(line, markup=False)
            elif not one.is_told and not one.left_out:
                line = f"{each.run.name}: {one.entry}, told: {one.sentence!r}"
                console.print(line, markup=False)
    console.print(tables.located_table(found))
    every = [one for each in found for one in each.located]
    exact = sum(one.is_exact for one in every)
    told = sum(one.is_told for one in every)
    left_out = sum(one.left_out and not one.is_told for one in every)
    console.print(
        f"In data, step, tensor and place are exact in {exact} of "
        f"{len(every)}. The first diagnosis says so in {told}; {left_out} "
        "more are in steps that loss scaling left out."
    )
    return 0 if exact == len(every) == told + left_out else 1


def _is_done(run: BadRun, place: Path) -> bool:
    """Whether the very same run was trained; with other counts it is not."""
    return (place / FILE).exists() and LocatedRun.read(place).run == run


def _updates(
    runs: Sequence[BadRun], folder: Path, processes: int
) -> Generator[pool.Update[BadRun], None, None]:
    """Trains all runs; of those on two replicas each has its own process.

    TensorFlow confuses their sums with those of an earlier strategy.
    """
    job = partial(_locate, folder=folder)
    together = [run for run in runs if run.mode != "replicas"]
    alone = [[run] for run in runs if run.mode == "replicas"]
    for some in (together, *alone):
        yield from pool.run(job, some, processes)


def _locate(run: BadRun, _: object, folder: Path) -> None:
    """What runs in another process; its result is what it writes."""
    from zoo.clinic.locating import locate, two_devices

    two_devices()
    place = folder / run.name
    place.mkdir(parents=True, exist_ok=True)
    locate(run, place)


def into_gradients(options: Namespace) -> int:
    """Injects NaN and infinity into gradients and weights."""
    from zoo.clinic.injections import draw, expected, found

    console = Console()
    injections = draw(options.count, options.seed)
    exact = 0
    for one in track(injections, description="Gradients", console=console):
        with TemporaryDirectory() as folder:
            reported, injected = found(one, Path(folder)), expected(one)
        exact += reported == injected
        if reported != injected:
            line = f"{one}: at {injected}, reported {reported}"
            console.print(line, markup=False)
    console.print(
        f"In gradients and weights, step and variable are exact in {exact} of "
        f"{len(injections)}."
    )
    return 0 if exact == len(injections) else 1


PARTS: dict[str, Callable[[Namespace], int]] = {
    "data": into_data,
    "gradients": into_gradients,
}
"""What it can be put into."""
