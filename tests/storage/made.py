"""Made-up windows of a run, and a run file of them."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

import kgrad
from kgrad.records import (
    Layer,
    Setup,
    Snapshot,
)
from kgrad.step.statistics import BUILT_IN
from kgrad.step.targets import layout_of
from kgrad.storage.codec import Encoder
from kgrad.storage.run_file import RunFileWriter

WINDOW = 64


def two_lstms() -> tuple[tuple, tuple]:
    """Targets and measures of a two-layer LSTM with a readout."""
    model = keras.Sequential(
        [
            keras.layers.Input((3, 2)),
            keras.layers.LSTM(4, return_sequences=True),
            keras.layers.LSTM(4),
            keras.layers.Dense(1),
        ]
    )
    targets = layout_of(model, model.trainable_variables).targets
    return targets, tuple(statistic.measure for statistic in BUILT_IN)


TWO_LSTMS = two_lstms()


def snapshots(steps: int, first: int = 1, seed: int = 0) -> list[Snapshot]:
    targets, measures = TWO_LSTMS
    measured = sum(not target.parts for target in targets)
    rng = np.random.default_rng(seed)
    setup = Setup(
        optimizer="Adam",
        optimizer_arguments={"learning_rate": 0.001},
        layers=(Layer("lstm", "LSTM", "tanh", 4),),
        chance={"accuracy": 0.5},
    )
    result = []
    for start in range(first, first + steps, WINDOW):
        end = min(start + WINDOW, first + steps)
        rows = end - start
        shape = (rows, measured, len(measures))
        result.append(
            Snapshot(
                steps=np.arange(start, end),
                targets=targets,
                measures=measures,
                values=rng.random(shape, np.float32),
                loss=rng.random(rows, np.float32).astype(np.float64),
                learning_rate=np.full(rows, 0.5),
                skipped=rng.random(rows) < 0.1,
                seconds=float(start),
                setup=setup,
            )
        )
    return result


def write(folder: Path, *written: Snapshot) -> Path:
    writer, encoder = RunFileWriter(folder), Encoder()
    for snapshot in written:
        for record in encoder.snapshot(snapshot):
            writer.append(*record)
    return writer.path


def assert_equal(a: kgrad.RunHistory, b: kgrad.RunHistory) -> None:
    assert a.targets == b.targets
    assert a.target_records == b.target_records
    assert a.measures == b.measures
    assert a.setup == b.setup
    assert a.epochs == b.epochs
    np.testing.assert_array_equal(a.steps, b.steps)
    for name in ("loss", "learning_rate", "skipped"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for measure in a.measures:
        np.testing.assert_array_equal(a[measure.name], b[measure.name])
