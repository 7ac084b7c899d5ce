"""What watching large models costs, in time and in memory.

    python -m tests.benchmarks.large_models [--blocks N] [--repeat N] [NAME...]
    python -m tests.benchmarks.large_models --memory NAME

Plain and watched steps of one model take turns in an order drawn for each
step, as in `tests.benchmarks.overhead`, and blocks of 64 steps are compared.
Two models of the same would differ by 4 % with where their weights lie in
memory. So does the same model from process to process where a step is mostly
a copy of 400 MB, as with an embedding in Keras: `--repeat` measures in so many
processes, one after the other. `--memory` trains a model twice, plain and
watched, each in a process of its own, and compares their largest resident
sets.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console
from rich.progress import track
from rich.table import Table

import kgrad
from tests.benchmarks.overhead import Contender, Measured, take_turns

BATCH = 64


class ManyVariables(keras.layers.Layer):
    """1,000 variables of 1,000 numbers each, half gains and half offsets."""

    def build(self, shape: Any) -> None:
        self.parts = [
            self.add_weight(
                shape=(1000,),
                initializer="zeros" if i % 2 else "ones",
                name=f"part{i}",
            )
            for i in range(1000)
        ]

    def call(self, x: Any) -> Any:
        for gain, offset in zip(self.parts[::2], self.parts[1::2], strict=True):
            x = keras.ops.tanh(x * gain + offset)
        return x


def many_variables() -> keras.Model:
    model = keras.Sequential(
        [keras.Input((1000,)), ManyVariables(), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse", jit_compile=False)
    return model


def embedding() -> keras.Model:
    """100 million parameters, of which a step touches 2,048 rows.

    Plain SGD is what leaves the other rows alone in Keras 3; Adam updates
    each of them in every step.
    """
    model = keras.Sequential(
        [
            keras.Input((32,), dtype="int32"),
            keras.layers.Embedding(1_000_000, 100),
            keras.layers.LSTM(128),
            keras.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse", jit_compile=False)
    return model


def fifty_recurrent() -> keras.Model:
    """A stack of 49 LSTM layers and a readout: 1.7 million parameters."""
    model = keras.Sequential(
        [
            keras.Input((32, 64)),
            *(keras.layers.LSTM(64, return_sequences=True) for _ in range(48)),
            keras.layers.LSTM(64),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", jit_compile=False)
    return model


def fifty_dense() -> keras.Model:
    """What watching costs most for: each weight is used 64 times a step.

    An LSTM uses it in every time step of every sample.
    """
    model = keras.Sequential([keras.Input((256,))])
    for _ in range(49):
        layer = keras.layers.Dense(256, "relu", kernel_initializer="he_normal")
        model.add(layer)
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse", jit_compile=False)
    return model


def _numbers(*shape: int) -> Callable[[np.random.Generator], np.ndarray]:
    return lambda rng: rng.standard_normal((BATCH, *shape)).astype(np.float32)


def _tokens(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 1_000_000, (BATCH, 32)).astype(np.int32)


MODELS: dict[str, tuple[Callable[[], keras.Model], Callable[..., Any]]] = {
    "1,000 variables of 1,000": (many_variables, _numbers(1000)),
    "embedding of 100 million": (embedding, _tokens),
    "50 layers: LSTM(64), T=32": (fifty_recurrent, _numbers(32, 64)),
    "50 layers: Dense(256)": (fifty_dense, _numbers(256)),
}
"""How it is built, and a batch of its input."""


def data_of(name: str) -> tf.data.Dataset:
    """Eight batches, over and over."""
    rng = np.random.default_rng(0)
    x = np.stack([MODELS[name][1](rng) for _ in range(8)])
    y = rng.standard_normal((8, BATCH, 1)).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices((x, y)).cache().repeat()


def measure(name: str, blocks: int) -> Measured:
    """Times plain and watched steps of one model by turns.

    Args:
        name: One of `MODELS`.
        blocks: How many blocks of 64 steps.
    """
    build, data = MODELS[name][0], data_of(name)
    model = build()
    with tempfile.TemporaryDirectory() as folder:
        monitor = kgrad.GradientMonitor(folder)
        contenders = {
            name: Contender(lambda: model, callbacks, data)
            for name, callbacks in (
                ("plain", []),
                ("plain again", []),
                ("kgrad", [monitor]),
            )
        }
        return take_turns(contenders, blocks)


def alone(call: str) -> Any:
    """What a function of this module gives, in a process of its own.

    Args:
        call: Python, as seen from here.
    """
    code = (
        "import json; from tests.benchmarks.large_models import *;"
        f"print(json.dumps({call}))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout
    return json.loads(printed.splitlines()[-1])


def ratios(name: str, blocks: int) -> dict[str, list[float]]:
    """As `measure`, fit for JSON; with the milliseconds of a plain step."""
    measured = measure(name, blocks)
    plain = {"": [float(np.median(measured.plain)) * 1e3]}
    return plain | {k: v.tolist() for k, v in measured.ratios.items()}


def megabytes(name: str, watched: bool) -> float:
    """Largest resident set of 130 steps of this process."""
    with tempfile.TemporaryDirectory() as folder:
        callbacks = [kgrad.GradientMonitor(folder)] if watched else []
        contender = Contender(MODELS[name][0], callbacks, data_of(name))
        for _ in range(130):
            contender.step()
        contender.callbacks.on_train_end()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(MODELS))
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    if arguments.memory:
        for name in arguments.names:
            plain, watched = (
                alone(f"megabytes({name!r}, {watched})")
                for watched in (False, True)
            )
            print(f"{name}: plain {plain:.0f} MB, watched {watched:.0f} MB")
        return
    table = Table("model", "plain step", "contender", "ratio", "middle half")
    tasks = [name for name in arguments.names for _ in range(arguments.repeat)]
    for name in track(tasks, "Measuring"):
        found = alone(f"ratios({name!r}, {arguments.blocks})")
        plain = f"{found.pop('')[0]:.1f} ms"
        for key, values in found.items():
            low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
            spread = f"{low:.3f} to {high:.3f}"
            table.add_row(name, plain, key, f"{middle:.3f}", spread)
    Console().print(table)


if __name__ == "__main__":
    main()
