"""What actions cost that never act: monitored steps with them and without.

    python -m tests.benchmarks.actions [--blocks N] [NAME...]

As in `tests.benchmarks.overhead`, contenders take turns step by step; here
all train one model, all are monitored, and a ratio is the time of one with an
action over that of the monitor without any, in the same block of 64 steps.
Clipping acts in every step, for it is in the graph whether it changes anything
or not. `Restore` copies every 64 steps here, eight times as often as it does by
default.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

import kgrad
from kgrad import actions
from tests.benchmarks.overhead import (
    MODELS,
    STEPS_PER_BLOCK,
    Contender,
    one_batch,
    take_turns,
)

ACTIONS: dict[str, Callable[[], list[actions.Action]]] = {
    "Stop": lambda: [actions.Stop()],
    "Skip": lambda: [actions.Skip()],
    "AutoClip": lambda: [actions.AutoClip()],
    "Restore": lambda: [actions.Restore(every=STEPS_PER_BLOCK)],
}


def measure(
    name: str, action: str, blocks: int | None = None
) -> dict[str, np.ndarray]:
    """Trains one model by turns, with an action and without.

    In one round with all actions a small step measures 2 % more, for what the
    others leave in the caches.

    Args:
        name: One of `MODELS`.
        action: One of `ACTIONS`.
        blocks: How many blocks, instead of the model's own number.

    Returns:
        Ratios, `(blocks,)`, of the action, and of a second monitor without
        any, which shows how far noise alone goes.
    """
    build, length, usual = MODELS[name]
    data, model = one_batch(length), build()
    with tempfile.TemporaryDirectory() as folder:
        contenders = {
            key: Contender(
                lambda: model,
                [kgrad.GradientMonitor(Path(folder) / key, actions=make())],
                data,
            )
            for key, make in (
                ("without", list),
                ("without, again", list),
                (action, ACTIONS[action]),
            )
        }
        return take_turns(contenders, blocks or usual).ratios


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(MODELS))
    parser.add_argument("--blocks", type=int, help="instead of 5 and 40")
    arguments = parser.parse_args()
    table = Table("model", "action", "ratio", "middle half")
    rounds = [(name, action) for name in arguments.names for action in ACTIONS]
    for name, action in track(rounds, "Measuring"):
        for key, ratios in measure(name, action, arguments.blocks).items():
            low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
            table.add_row(
                name, key, f"{middle:.3f}", f"{low:.3f} to {high:.3f}"
            )
    Console().print(table)


if __name__ == "__main__":
    main()
