"""Runs it."""

from __future__ import annotations

import argparse
import os
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
from rich.console import Console
from rich.progress import track

from tests.benchmarks import pytorch
from tests.benchmarks.pytorch.tables import ends, gains, page, shown
from tests.benchmarks.pytorch.timing import chosen, measure
from zoo.layers.cells import CELLS
from zoo.recipe import cpu
from zoo.results.text import Section
from zoo.tasks import TASKS
from zoo.training.pool import ENVIRONMENT

SECTION = Section(
    "pytorch", "python -m tests.benchmarks.pytorch --write docs/costs.md"
)


def main() -> None:
    """Prints the table, and which recipes might be faster."""
    began = time.perf_counter()
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.pytorch", description=pytorch.__doc__
    )
    parser.add_argument(
        "--tasks",
        nargs="+",
        choices=TASKS.names,
        metavar="T",
        help="instead of all that need no download",
    )
    parser.add_argument("--cells", nargs="+", choices=CELLS.names, metavar="C")
    parser.add_argument("--rounds", type=int, default=5, help="5")
    parser.add_argument(
        "--seconds", type=float, default=0.15, help="of a turn, 0.15"
    )
    parser.add_argument(
        "--write", metavar="FILE", type=Path, help="also into this page"
    )
    arguments = parser.parse_args()
    if find_spec("torch") is None:
        parser.error(
            "it needs PyTorch, which is not installed: pip install torch"
        )
    # Read when the first step is taken, not when TensorFlow is imported.
    os.environ.update(ENVIRONMENT | {"CUDA_VISIBLE_DEVICES": "-1"})
    warnings.filterwarnings("ignore", "CUDA initialization")
    import torch

    torch.set_num_threads(1)
    recipes = chosen(arguments.tasks, arguments.cells)
    every = [
        measure(recipe, arguments.rounds, arguments.seconds)
        for recipe in track(recipes, "Measuring")
    ]
    about = (
        f"One thread of {cpu()}; TensorFlow {tf.__version__}, Keras "
        f"{keras.__version__}, PyTorch {torch.__version__}; "
        f"{arguments.rounds} rounds, in turns of {arguments.seconds:g} s."
    )
    console = Console(highlight=False)
    console.print(
        about, shown(every), "", *ends(every), *gains(every), sep="\n"
    )
    console.print(f"It took {time.perf_counter() - began:.0f} s.")
    if arguments.write is not None:
        SECTION.write(arguments.write, page(every, about))


if __name__ == "__main__":
    main()
