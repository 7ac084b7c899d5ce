"""Lets every fault happen, many times, and writes the table."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = (
    "1"
)

import kgrad
from tests.faults import (
    damaged,
    disks,
    ends,
    exceptions,
    loops,
    resumed,
    several,
)
from tests.faults.fault import FAULTS, Fault
from tests.faults.scene import Outcome, Scene
from tests.faults.training import LONG, PER_EPOCH, STEPS, WINDOW, fit

MODULES = (ends, exceptions, disks, damaged, resumed, loops, several)
"""In the order of the table."""

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent.parent / "docs" / "faults.md"

HEAD = f"""# Faults: what happens to a run

`python -m tests.faults --write` made this table, from
`tests/faults/results.json`: real trainings, {STEPS} steps each, a window of
{WINDOW} steps, and a fault at a random moment. *Lost* is the largest number of
steps, over all repetitions, that were made and should be on disk and are not.
Every number that is on disk was held against the same run undisturbed, to the
last bit.

| fault | promised | times | kept | lost |
| --- | --- | --- | --- | --- |
"""


@dataclass
class Row:
    """What became of one fault."""

    fault: Fault
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def broken(self) -> Iterator[str]:
        """What was not as promised, a sentence each."""
        for number, outcome in enumerate(self.outcomes):
            for clause in outcome.wrong:
                yield f"{self.fault.name}, repetition {number}: {clause}"

    @property
    def numbers(self) -> dict[str, int]:
        """How often it happened, how often the promise was kept, the loss."""
        return {
            "times": len(self.outcomes),
            "kept": sum(not outcome.wrong for outcome in self.outcomes),
            "lost": max(outcome.lost for outcome in self.outcomes),
        }


def table(results: dict[str, dict[str, int]]) -> str:
    """The table of all faults that have a result.

    Args:
        results: `Row.numbers` by the fault's name.
    """
    rows = [
        (f.name, f.promise, *results[f.name].values())
        for f in in_order()
        if f.name in results
    ]
    return HEAD + "".join(f"| {' | '.join(map(str, r))} |\n" for r in rows)


def _write(row: Row) -> None:
    """Puts a row into the results, and makes the table anew."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results[row.fault.name] = row.numbers
    known = [f.name for f in in_order() if f.name in results]
    ordered = {name: results[name] for name in known}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")
    PAGE.write_text(table(ordered))


def main() -> int:
    """Runs the command; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--repetitions", type=int, default=25)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--only", nargs="+", default=[""], help="faults with one of these"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--write",
        action="store_true",
        help="results and table, to be committed",
    )
    given = parser.parse_args()
    # All that is imported before processes are forked is imported once.
    assert kgrad.GradientMonitor
    # Not a `TemporaryDirectory`: each child would remove it at its end.
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    try:
        reference = place / "reference" / "run"
        reference.parent.mkdir()
        epochs = LONG // PER_EPOCH
        Scene(reference.parent, 0, reference).train(
            lambda: fit(reference, epochs=epochs)
        )
        seeds = range(given.first, given.first + given.repetitions)
        rows = list(_repeated(place, reference, seeds, given))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return int(any(any(row.broken) for row in rows))


def in_order() -> list[Fault]:
    """The faults in the order of the table."""
    names = [module.__name__ for module in MODULES]
    return sorted(FAULTS, key=lambda f: names.index(f.happen.__module__))


def _repeated(
    place: Path, reference: Path, seeds: range, given: argparse.Namespace
) -> Iterator[Row]:
    """The rows, each printed when it is complete."""
    faults = in_order()
    # By its place among all, so that a fault alone happens as in the table.
    chosen = [
        i for i, f in enumerate(faults) if any(w in f.name for w in given.only)
    ]
    with multiprocessing.get_context("fork").Pool(given.jobs) as pool:
        tasks = [(place, reference, i, seed) for i in chosen for seed in seeds]
        outcomes = pool.imap(partial(_happen, faults), tasks)
        for fault in map(faults.__getitem__, chosen):
            row = Row(fault, [next(outcomes) for _ in seeds])
            print(fault.name, row.numbers, flush=True)
            if given.write:
                _write(row)
            for clause in row.broken:
                print("   ", clause, flush=True)
            yield row


def _happen(
    faults: Sequence[Fault], task: tuple[Path, Path, int, int]
) -> Outcome:
    place, reference, number, seed = task
    folder = place / f"{number}-{seed}"
    folder.mkdir()
    scene = Scene(folder, 1000 * number + seed, reference)
    try:
        outcome = faults[number].happen(scene)
    except (OSError, ValueError) as error:
        outcome = Outcome(scene.made, 0, [f"{type(error).__name__}: {error}"])
    if outcome.wrong:
        print(scene.output[-3000:], file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
