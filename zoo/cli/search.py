"""`python -m zoo search`: its arguments, and what it does with them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from zoo.layers.cells import CELLS
from zoo.tasks import TASKS


def add_to(
    command: argparse.ArgumentParser, count: Callable[[str], int]
) -> None:
    """Adds the arguments.

    Args:
        command: The parser of the command.
        count: Reads a number of 1 or more.
    """
    command.set_defaults(run=search)
    command.add_argument("task", metavar="TASK", help=", ".join(TASKS.names))
    command.add_argument(
        "--cells",
        nargs="+",
        choices=CELLS.names,
        default=CELLS.names,
        metavar="CELL",
        help="default: all",
    )
    command.add_argument(
        "--into",
        default="searches",
        metavar="DIR",
        help="where TASK.json is, whose trials are kept; default: searches",
    )
    for name, default, text in (
        ("draws", 8, "recipes of any kind for each cell"),
        ("seeds", 2, "trainings of each"),
        ("processes", 2, "trainings at a time, with one thread each"),
    ):
        command.add_argument(
            f"--{name}",
            type=count,
            default=default,
            help=f"{text}; default: {default}",
        )


def search(options: argparse.Namespace) -> int:
    """Tries recipes for a task, and says which did best on validation."""
    from zoo.search import run

    terminal = Console()
    found = run.search(
        TASKS[options.task],
        Path(options.into),
        cells=options.cells,
        draws=options.draws,
        seeds=options.seeds,
        processes=options.processes,
        console=terminal,
    )
    terminal.print(run.table(found))
    return 0
