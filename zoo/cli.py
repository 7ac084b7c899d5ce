"""`python -m zoo list | train NAME... | compare TASK`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from zoo import compare
from zoo.cells import CELLS
from zoo.recipe import Recipe
from zoo.tasks import TASKS
from zoo.variants import VARIANTS

_NAME = "TASK/CELL-VARIANT"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code.

    Args:
        arguments: What follows the program's name; by default those that
            the program was called with.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            return _list(Console())
        if options.command == "train":
            recipes = [_recipe(name, options.seed) for name in options.names]
        else:
            recipes = compare.grid(options.task, options.seed or 0)
    except (OSError, TypeError, ValueError) as error:
        parser.error(str(error))
    return compare.run(
        recipes, options.runs, options.processes, options.picture
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m zoo",
        description="Recurrent networks on standard sequence tasks.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="tasks, cells and variants")
    train = commands.add_parser("train", help="train models, watched")
    train.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help=f"{_NAME}, or the recipe.json of a run to repeat it",
    )
    compare = commands.add_parser(
        "compare", help="train every cell with every variant, and compare"
    )
    compare.add_argument("task", metavar="TASK", help=", ".join(TASKS.names))
    for command in (train, compare):
        command.add_argument(
            "--runs", default="runs", metavar="DIR", help="default: runs"
        )
        command.add_argument("--seed", type=int, help="default: 0")
        command.add_argument(
            "--processes", type=_positive, default=2, help="default: 2"
        )
        command.add_argument(
            "--picture", metavar="SVG", help="draw the table into a file, too"
        )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def _recipe(name: str, seed: int | None) -> Recipe:
    """The recipe of a name, or in a file."""
    if name.endswith(".json"):
        recipe = Recipe.from_json(Path(name).read_text(encoding="utf-8"))
        if seed not in (None, recipe.seed):
            raise ValueError(
                "`--seed` must be left out with a recipe.json, which has "
                f"one. Received: --seed={seed}"
            )
        return recipe
    task, slash, model = name.partition("/")
    cell, dash, variant = model.partition("-")
    if not (slash and dash):
        raise ValueError(f"`NAME` must be {_NAME}. Received: NAME={name!r}")
    return Recipe.of(task, cell=cell, variant=variant, seed=seed or 0)


def _list(console: Console) -> int:
    table = Table(title="Tasks", title_justify="left")
    table.add_column("task", no_wrap=True)
    table.add_column("metric")
    table.add_column("chance", justify="right")
    table.add_column("solved", justify="right")
    table.add_column("definition")
    for task in TASKS:
        table.add_row(
            task.name,
            task.metric,
            f"{task.chance:.3g}",
            f"{task.solved:.3g}",
            task.definition,
        )
    console.print(table)
    console.print(f"Cells:    {', '.join(CELLS.names)}")
    console.print(f"Variants: {', '.join(VARIANTS.names)}")
    console.print(f"A model is {_NAME}, such as temporal_order/lstm-clipnorm.")
    return 0
