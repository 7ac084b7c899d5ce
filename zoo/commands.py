"""What each command does, once its arguments are read."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from zoo import compare, preset, selection, summary
from zoo.cells import CELLS
from zoo.executors import Executor
from zoo.executors.processes import Processes
from zoo.summary import Summary
from zoo.tasks import TASKS
from zoo.variants import VARIANTS

EXECUTORS = ("processes", "ray")

DIFFERS = 1
"""Exit code of `evaluate` when the number is not that of the card."""


def list_(options: Namespace) -> int:
    """Tasks, cells and variants."""
    console = Console()
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
    console.print(
        f"A model is {selection.NAME}, such as temporal_order/lstm-clipnorm."
    )
    return 0


def train_(options: Namespace) -> int:
    """Trains models; of patterns and several seeds only what is missing."""
    if options.all == bool(options.names):
        raise ValueError(
            "`NAME` or `--all` must be given, and not both. "
            f"Received: NAME={options.names}, --all={options.all}"
        )
    names = selection.offline_names() if options.all else options.names
    grid = options.all or options.seeds is not None
    grid = grid or any(map(selection.is_pattern, names))
    if grid and _workers():
        raise ValueError(
            "`NAME` must be that of one model, without patterns, `--all` and "
            "`--seeds`, where `TF_CONFIG` has several processes train "
            f"together. Received: NAME={options.names}"
        )
    seeds = options.seeds
    if options.seed is not None:
        seeds = [options.seed]
    elif options.all and seeds is None:
        seeds = selection.DEFAULT_SEEDS
    return compare.run(
        selection.recipes(names, seeds, dict(options.set)),
        options.runs,
        _executor(options),
        resume=grid,
        picture=options.picture,
    )


def compare_(options: Namespace) -> int:
    """Trains every cell with every variant of the demo."""
    return compare.run(
        compare.grid(options.task, options.seed),
        options.runs,
        _executor(options),
        picture=options.picture,
    )


def _executor(options: Namespace) -> Executor:
    if options.executor == "ray":
        from zoo.executors.on_ray import OnRay

        try:
            return OnRay(options.address)
        except ImportError as error:
            raise ValueError(str(error)) from error
    if options.address is not None:
        raise ValueError(
            "`--address` must be left out unless with `--executor ray`. "
            f"Received: --address={options.address}"
        )
    # The processes of `TF_CONFIG` meet in one training after the other.
    return Processes(1 if _workers() else options.processes)


def _workers() -> bool:
    return bool(os.environ.get("TF_CONFIG"))


def results_(options: Namespace) -> int:
    """All results in a table."""
    from zoo.results import results, to_csv

    summaries = _summaries(options)
    if options.csv is not None:
        Path(options.csv).write_text(to_csv(summaries), encoding="utf-8")
    Console().print(results(summaries))
    return 0


def effects_(options: Namespace) -> int:
    """Which remedy helped."""
    from zoo.effects import effects, effects_tables

    Console().print(effects_tables(effects(_summaries(options))))
    return 0


def evaluate(options: Namespace) -> int:
    """Measures a preset again and compares with its card."""
    from zoo.evaluation import again

    found = again(options.name)
    print(found)
    return 0 if found.agrees else DIFFERS


def card_(options: Namespace) -> int:
    """Prints the card."""
    from zoo.card import card
    from zoo.loading import find

    sys.stdout.write(card(preset.read(find(options.name))))
    return 0


def export_(options: Namespace) -> int:
    """Writes a folder that others can load."""
    from zoo.export import export

    folder = export(options.name, options.folder)
    print(f"{folder} is ready: load it with zoo.load, or upload it.")
    return 0


def clinic(part: str, options: Namespace) -> int:
    """`run`, `score` or `treat` the cases of the clinic, or `inject` NaN."""
    from zoo.clinic import commands

    parts = {
        "run": commands.run,
        "score": commands.score,
        "treat": commands.treat,
        "inject": commands.inject,
    }
    return parts[part](options)


def pack_(options: Namespace) -> int:
    """Makes presets."""
    packed = preset.pack(options.runs, options.presets, options.names or None)
    for each in packed:
        print(f"{Path(options.presets, each.summary.name)}")
    return 0


def readme_(options: Namespace) -> int:
    """Writes the table of results into a file."""
    from zoo.readme import SECTION, tables

    text = tables(_of_presets(options.presets))
    changed = SECTION.write(Path(options.file), text)
    print(f"{options.file}: {'written' if changed else 'nothing to change'}")
    return 0


def _summaries(options: Namespace) -> list[Summary]:
    if options.runs is not None:
        return summary.of_runs(options.runs)
    return _of_presets(options.presets)


def _of_presets(presets: str | Path) -> list[Summary]:
    names = preset.available(presets)
    if not names:
        raise FileNotFoundError(
            "`--presets` must be a folder of presets. "
            f"Received: --presets={presets}"
        )
    return summary.in_order(
        preset.read(Path(presets, name)).summary for name in names
    )
