"""What each command does, once its arguments are read."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo import selection
from zoo.cli import console
from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.pretrained import preset
from zoo.runs.summary import Summary, in_order, of_runs
from zoo.tasks import TASKS
from zoo.training.grid import Executor
from zoo.training.processes import Processes

EXECUTORS = ("processes", "ray")

DIFFERS = 1
"""Exit code of `evaluate` when the number is not that on the card."""


def list_models(options: Namespace) -> int:
    """Tasks, cells and variants; with a task or a pattern, its models."""
    if options.patterns:
        for name in selection.filtered(selection.names(), options.patterns):
            print(name)
        return 0
    terminal = Console()
    table = FittedTable(
        (
            Column("task"),
            Column("metric", "text", 1),
            Column("chance"),
            Column("solved"),
        )
    )
    for task in TASKS:
        table.add(
            task.name,
            task.metric,
            f"{task.chance:.3g}",
            f"{task.solved:.3g}",
            below=[Text(task.definition, "dim")],
        )
    terminal.print(table)
    terminal.print()
    terminal.print(f"Cells:    {', '.join(CELLS.names)}")
    terminal.print(f"Variants: {', '.join(VARIANTS.names)}")
    terminal.print(
        f"A model is {selection.NAME}, such as temporal_order/lstm-clipnorm."
    )
    return 0


def train(options: Namespace) -> int:
    """Trains models; with patterns or several seeds, those not yet finished."""
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
            "`NAME` must name one model, without patterns, `--all` and "
            "`--seeds`, when several processes train together by `TF_CONFIG`. "
            f"Received: NAME={options.names}"
        )
    seeds = options.seeds
    if options.seed is not None:
        seeds = [options.seed]
    elif options.all and seeds is None:
        seeds = selection.DEFAULT_SEEDS
    return console.run(
        selection.recipes(names, seeds, dict(options.set)),
        options.runs,
        _executor(options),
        resume=grid,
        picture=options.picture,
    )


def compare(options: Namespace) -> int:
    """Trains every cell with every variant of the demo."""
    return console.run(
        console.demo_grid(options.task, options.seed),
        options.runs,
        _executor(options),
        picture=options.picture,
    )


def _executor(options: Namespace) -> Executor:
    if options.executor == "ray":
        from zoo.training.on_ray import OnRay

        try:
            return OnRay(options.address)
        except ImportError as error:
            raise ValueError(str(error)) from error
    if options.address is not None:
        raise ValueError(
            "`--address` must only be given with `--executor ray`. "
            f"Received: --address={options.address}"
        )
    # Those of `TF_CONFIG` must meet in one training run after the other.
    return Processes(1 if _workers() else options.processes)


def _workers() -> bool:
    return bool(os.environ.get("TF_CONFIG"))


def show_results(options: Namespace) -> int:
    """All results in a table."""
    from zoo.results.page import SECTION, tables
    from zoo.results.tables import results_tables, to_csv

    summaries = _chosen(_summaries(options), options.patterns)
    if options.csv is not None:
        Path(options.csv).write_text(to_csv(summaries), encoding="utf-8")
    if options.write is not None:
        SECTION.write(Path(options.write), tables(summaries))
    Console().print(results_tables(summaries))
    return 0


def show_effects(options: Namespace) -> int:
    """Which remedy helped."""
    from zoo.results.effects import effects, effects_tables

    summaries = _summaries(options)
    chosen = {s.name for s in _chosen(summaries, options.patterns)}
    # What it is compared with need not be among those asked for.
    found = [e for e in effects(summaries) if e.changed.name in chosen]
    Console().print(effects_tables(found))
    return 0


def evaluate(options: Namespace) -> int:
    """Evaluates a preset again and compares the result with its card."""
    from zoo.pretrained.evaluation import reevaluate

    found = reevaluate(options.name)
    print(found)
    return 0 if found.agrees else DIFFERS


def show_card(options: Namespace) -> int:
    """Prints the card."""
    from zoo.pretrained.card import card
    from zoo.pretrained.loading import find

    sys.stdout.write(card(preset.read(find(options.name))))
    return 0


def export_model(options: Namespace) -> int:
    """Writes a folder that others can load."""
    from zoo.pretrained.export import export

    folder = export(options.name, options.folder)
    print(f"{folder} is ready: load it with zoo.load, or upload it.")
    return 0


def pack(options: Namespace) -> int:
    """Makes presets of finished runs."""
    packed = preset.pack(options.runs, options.presets, options.names or None)
    for each in packed:
        print(f"{Path(options.presets, each.summary.name)}")
    return 0


def _chosen(
    summaries: Sequence[Summary], patterns: Sequence[str]
) -> list[Summary]:
    names = [summary.name for summary in summaries]
    wanted = set(selection.filtered(names, patterns))
    return [summary for summary in summaries if summary.name in wanted]


def _summaries(options: Namespace) -> list[Summary]:
    if options.runs is not None:
        return of_runs(options.runs)
    return _of_presets(options.presets)


def _of_presets(presets: str | Path) -> list[Summary]:
    names = preset.available(presets)
    if not names:
        raise FileNotFoundError(
            "`--presets` must be a folder of presets. "
            f"Received: --presets={presets}"
        )
    return in_order(preset.read(Path(presets, name)).summary for name in names)
