"""What watching costs: plain and watched steps, interleaved in one process.

    python -m tests.benchmarks.overhead [--blocks N]

The contenders take turns step by step, in an order drawn for each step: who
runs after whom matters as much as what is measured. (Turns of eight steps
gave the same medians with three times the spread: the machine changes its
speed meanwhile.) A contender's ratio is the median over blocks of 64 steps of
its time over that of the plain model in the same block; the spread is the
middle half.

There are two rounds: plain against watched steps first, then plain steps
against what else one could do. In one round with all of them a small watched
step measures 2 % more, for what the others leave in the caches.

Reporters are included: the watched contender writes its history and
TensorBoard's event files as a user's would, and looks at one step in fifty
more closely, as by default. Others look at every step, one of them at
histograms, too: their ratios are the cost of a sample. Gradients are recomputed
after every step by one contender, by another as rarely as kgrad looks closely.
Tracing and compiling are not in the ratio: the first steps of each contender
are left out, and their seconds are printed beside it. There `kgrad` traces two
train functions, that of the samples and that of all other steps.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console
from rich.progress import track
from rich.table import Table

import kgrad
from kgrad.session.sample_schedule import LEAST
from tests.benchmarks.rivals import OwnTape, check_numerics
from zoo.results.text import Section, markdown_table

SECTION = Section(
    "overhead", "python -m tests.benchmarks.overhead --write docs/costs.md"
)

TITLES = {
    "plain again": "a second plain model (the noise)",
    "kgrad": "**kgrad**",
    "kgrad, a sample": "kgrad, in a step that looks through time",
    "kgrad, a sample with histograms": "the same with histograms",
    "own tape": "recomputing the gradients in a callback",
    "own tape, one in 50": "their histograms in one step of fifty, as W&B does",
    "check_numerics": "`tf.debugging.enable_check_numerics`",
}
"""The contenders, as the page names them."""

STEPS_PER_BLOCK = 64
"""One window: each block pays for exactly one read and one report."""


class Contender:
    """A model that trains step by step through its own `fit` machinery."""

    def __init__(
        self,
        build: Callable[[], keras.Model],
        callbacks: list[keras.callbacks.Callback],
        data: tf.data.Dataset,
    ) -> None:
        keras.utils.set_random_seed(0)
        self.model = build()
        self.iterator = iter(data)
        self.callbacks = keras.callbacks.CallbackList(
            callbacks, model=self.model
        )
        self.model.make_train_function()
        self.callbacks.on_train_begin()
        self.first_steps = sum(self.step() for _ in range(3))

    def step(self) -> float:
        """Seconds for one step."""
        start = time.perf_counter()
        self.callbacks.on_train_batch_begin(0)
        logs = self.model.train_function(self.iterator)
        self.callbacks.on_train_batch_end(0, logs)
        return time.perf_counter() - start


def lstm() -> keras.Model:
    """2 x LSTM(128) on (64, 100, 16)."""
    model = keras.Sequential(
        [
            keras.layers.Input((100, 16)),
            keras.layers.LSTM(128, return_sequences=True),
            keras.layers.LSTM(128),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", jit_compile=False)
    return model


def simple_rnn() -> keras.Model:
    """SimpleRNN(32) on (64, 64, 16)."""
    model = keras.Sequential(
        [
            keras.layers.Input((64, 16)),
            keras.layers.SimpleRNN(32),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", jit_compile=False)
    return model


MODELS = {
    "2 x LSTM(128), T=100": (lstm, 100, 5),
    "SimpleRNN(32), T=64": (simple_rnn, 64, 40),
}
"""How it is built, its length, and blocks: a short step is a noisy one."""


@dataclass(frozen=True)
class Measured:
    """The times of the contenders.

    Args:
        plain: `(blocks,)`, seconds of a plain step.
        ratios: By contender, `(blocks,)`; `"plain again"` is a second plain
            model, which shows how far noise alone goes.
        first_steps: By contender, seconds of the first three steps, with
            tracing and compiling.
    """

    plain: np.ndarray
    ratios: dict[str, np.ndarray]
    first_steps: dict[str, float]


def measure(
    name: str, blocks: int | None = None, baselines: bool = False
) -> Measured:
    """One round: trains its contenders by turns.

    Args:
        name: One of `MODELS`.
        blocks: How many blocks, instead of the model's own number.
        baselines: Whether it is the second round.
    """
    build, length, usual = MODELS[name]
    blocks = blocks or usual
    data = one_batch(length)
    with tempfile.TemporaryDirectory() as folder:
        contenders = {"plain": Contender(build, [], data)}
        if not baselines:
            monitor = kgrad.GradientMonitor(folder)
            contenders["plain again"] = Contender(build, [], data)
            contenders["kgrad"] = Contender(build, [monitor], data)
        else:
            every_step = kgrad.GradientMonitor(folder, time_every=1)
            contenders["kgrad, a sample"] = Contender(build, [every_step], data)
            counted = kgrad.GradientMonitor(
                f"{folder}/counted", time_every=1, histograms=True
            )
            name = "kgrad, a sample with histograms"
            contenders[name] = Contender(build, [counted], data)
            batch = next(data.as_numpy_iterator())
            contenders["own tape"] = Contender(build, [OwnTape(*batch)], data)
            rare = OwnTape(*batch, every=LEAST, histograms=True)
            contenders["own tape, one in 50"] = Contender(build, [rare], data)
            with check_numerics():
                contenders["check_numerics"] = Contender(build, [], data)
        return take_turns(contenders, blocks)


def one_batch(length: int) -> tf.data.Dataset:
    """The same batch again and again: `(64, length, 16)` to `(64, 1)`."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, length, 16)).astype(np.float32)
    y = rng.standard_normal((64, 1)).astype(np.float32)
    return tf.data.Dataset.from_tensors((x, y)).cache().repeat()


def take_turns(contenders: dict[str, Contender], blocks: int) -> Measured:
    """Trains contenders step by step, in an order drawn for each step.

    Args:
        contenders: By name; the others are held against the first.
        blocks: How many blocks.
    """
    rng = np.random.default_rng(0)
    names = list(contenders)
    seconds = np.zeros((blocks, len(names)))
    for block, _ in np.ndindex(blocks, STEPS_PER_BLOCK):
        for i in rng.permutation(len(names)):
            seconds[block, i] += contenders[names[i]].step()
    for contender in contenders.values():
        contender.callbacks.on_train_end()
    plain = seconds[:, 0]
    return Measured(
        plain=plain / STEPS_PER_BLOCK,
        ratios={n: seconds[:, i] / plain for i, n in enumerate(names) if i},
        first_steps={n: c.first_steps for n, c in contenders.items()},
    )


def page(rounds: dict[str, list[Measured]]) -> str:
    """The table in Markdown: a row for each contender.

    Args:
        rounds: By model, what was measured in each of its rounds.
    """
    cells = {
        name: {
            TITLES.get(key, key): of_quartiles(ratios)
            for measured in each
            for key, ratios in measured.ratios.items()
        }
        for name, each in rounds.items()
    }
    steps = [f"{np.median(r[0].plain) * 1e3:.2g} ms" for r in rounds.values()]
    titles = dict.fromkeys(title for of in cells.values() for title in of)
    rows = [
        [title, *(of_model.get(title, "") for of_model in cells.values())]
        for title in titles
    ]
    return markdown_table(["", *rounds], [["the plain step", *steps], *rows])


def of_quartiles(ratios: np.ndarray) -> str:
    """`"1.068 (1.048 to 1.087)"`: the median and the middle half."""
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, help="instead of 5 and 40")
    parser.add_argument(
        "--write", metavar="FILE", type=Path, help="also into this page"
    )
    arguments = parser.parse_args()
    table = Table(
        "model",
        "plain step",
        "contender",
        "ratio",
        "middle half",
        "first steps",
    )
    rounds = [
        (name, baselines) for name in MODELS for baselines in (False, True)
    ]
    found: dict[str, list[Measured]] = {}
    for name, baselines in track(rounds, "Measuring"):
        measured = measure(name, arguments.blocks, baselines)
        found.setdefault(name, []).append(measured)
        plain = f"{np.median(measured.plain) * 1e3:.2f} ms"
        for key, values in measured.ratios.items():
            low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
            table.add_row(
                name,
                plain,
                key,
                f"{middle:.3f}",
                f"{low:.3f} to {high:.3f}",
                f"{measured.first_steps[key]:.1f} s",
            )
    Console().print(table)
    if arguments.write is not None:
        SECTION.write(arguments.write, page(found))


if __name__ == "__main__":
    main()
