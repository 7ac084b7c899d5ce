"""Puts something bad into one batch of two replicas; what is told of it.

    python -m tests.step.origins_on_replicas FOLDER [CASE...]

Each case leaves `FOLDER/CASE.npz`: the first origin as numbers, and what the
data were said to be.
"""

from __future__ import annotations

import math
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import kgrad
from tests.step.on_replicas import twins

BATCH, BAD, CLASSES = 6, 2, 3
STAGES = ("input", "target", "sample_weight", "prediction", "loss", "gradient")


@dataclass(frozen=True)
class Case:
    """What is bad, and where in the third batch.

    Not under XLA: Keras alone fails there on two replicas of a CPU.
    """

    what: str
    place: tuple[int, ...]
    value: float = math.nan


CASES = {
    "input of the second": Case("input", (4, 1, 2)),
    "input of the first": Case("input", (1, 0, 0)),
    # The loss stays finite, and only gradients show it.
    "infinite input of the second": Case("input", (5, 2, 3), math.inf),
    "sample weight": Case("sample_weight", (5,)),
    "label": Case("target", (3,), 9),
}


def main(folder: Path, names: list[str]) -> None:
    strategy = twins()
    for name in names or CASES:
        np.savez(
            folder / f"{name}.npz",
            **_told(CASES[name], strategy, folder / name),
        )


def _told(case: Case, strategy: Any, folder: Path) -> dict[str, Any]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    with strategy.scope():
        model = keras.Sequential(
            [
                layers.Input((3, 4)),
                layers.SimpleRNN(5),
                layers.Dense(CLASSES, "softmax"),
            ]
        )
        model.compile(
            keras.optimizers.SGD(0.01),
            "sparse_categorical_crossentropy",
        )
    rng = np.random.default_rng(0)
    n = BATCH * 4
    data = {
        "input": rng.standard_normal((n, 3, 4)).astype(np.float32),
        "target": rng.integers(0, CLASSES, n),
        "sample_weight": np.ones(n, np.float32),
    }
    rows = data[case.what][BAD * BATCH :]
    rows[case.place] = case.value
    monitor = kgrad.GradientMonitor(folder, signs=[], reporters=[])
    dataset = tf.data.Dataset.from_tensor_slices(tuple(data.values()))
    with suppress(tf.errors.InvalidArgumentError):
        model.fit(
            dataset.batch(BATCH), shuffle=False, verbose=0, callbacks=[monitor]
        )
    origin = monitor.history.origins[0]
    found = {
        "step": origin.step,
        "stage": STAGES.index(origin.stage),
        "index": np.array(origin.index),
        "label_maximum": origin.label_maximum,
        "steps": monitor.history.steps,
        "loss": monitor.history.loss,
    }
    for sample in monitor.history.samples:
        assert sample.data is not None
        found["data_loss"] = sample.data.loss
        found["data_shape"] = np.array(sample.data.of("input")[0].shape)
        found["data_step"] = sample.step
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
