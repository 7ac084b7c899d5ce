"""Long runs and many of them, written without training, for timings."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kgrad.records import (
    Layer,
    Measure,
    Sample,
    Setup,
    Snapshot,
    Target,
    TimeProfile,
)
from kgrad.storage.codec import Encoder
from kgrad.storage.run_file import RunFileWriter
from tests.reporters import made

_WINDOW = 64
_LAYER = "sequential/lstm"
_MEASURES = tuple(
    Measure(f"measure_{i}", "", "A number.", "root_sum_square")
    for i in range(7)
)
MEASURES = (made.MEASURES[0], *_MEASURES)
_TARGETS = tuple(
    Target(f"{_LAYER}/lstm_cell/v{i}", _LAYER, f"v{i}", depth=0)
    for i in range(12)
)
TARGETS = (
    *_TARGETS,
    Target("global", "", "", depth=-1, parts=tuple(range(12))),
)


def write_run(folder: Path, steps: int) -> None:
    """12 targets, 8 measures, profiles of two states every 50 steps.

    Args:
        folder: The run folder.
        steps: How many; 400 bytes each.
    """
    rng = np.random.default_rng(0)
    values = rng.uniform(1, 2, (_WINDOW, 12, 8)).astype(np.float32)
    loss = rng.uniform(1, 2, _WINDOW)
    setup = Setup("SGD", layers=(Layer(_LAYER, "LSTM", "tanh", 50),), lag=20)
    encoder, writer = Encoder(), RunFileWriter(folder)
    for first in range(1, steps + 1, _WINDOW):
        count = min(_WINDOW, steps + 1 - first)
        numbers = np.arange(first, first + count)
        end = first + count - 1
        snapshot = Snapshot(
            numbers,
            TARGETS,
            MEASURES,
            values[:count],
            loss[:count],
            np.full(count, 0.1),
            np.zeros(count, bool),
            epochs=(made.epoch(0, end),) if first % 6400 == 1 else (),
            samples=tuple(map(_sample, numbers[numbers % 50 == 1])),
            setup=setup,
        )
        for content, arrays in encoder.snapshot(snapshot):
            writer.append_all([(content, arrays)])


def _sample(step: int) -> Sample:
    norm = 10.0 ** np.linspace(-8, 0, 100)
    return Sample(
        int(step),
        tuple(TimeProfile(_LAYER, s, norm, int(step)) for s in "hc"),
        (made.ACTIVITY,),
    )
