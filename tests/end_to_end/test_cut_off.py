"""Models of which a part cannot learn, told while they train."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import kgrad
from kgrad.diagnosis import Diagnosis

# Keras says of some of them what is looked for.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Gradients do not exist:UserWarning"
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(320, 6, 1)).astype(np.float32)
Y = RNG.integers(0, 2, 320)


def trained(
    folder: Path, stack: list[Any], y: Any = Y, **fit: Any
) -> kgrad.GradientMonitor:
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [layers.Input((6, 1)), *stack, layers.Dense(2, "softmax", name="out")]
    )
    model.compile(
        "sgd", "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    monitor = kgrad.GradientMonitor(folder, reporters=[])
    arguments = {"epochs": 4, "batch_size": 16, "verbose": 0} | fit
    model.fit(X, y, callbacks=[monitor], **arguments)
    return monitor


def first(monitor: kgrad.GradientMonitor) -> Diagnosis:
    return monitor.diagnoses[0]


@pytest.mark.parametrize(
    ("between", "seen"),
    [
        (ops.round, "the loss depends on"),
        (ops.sign, "in none of 64 steps"),
    ],
)
def test_layers_before_an_operation_without_a_slope(
    tmp_path: Path, between: Any, seen: str
) -> None:
    monitor = trained(
        tmp_path,
        [
            layers.Flatten(),
            layers.Dense(4, "tanh", name="early"),
            layers.Dense(3, "sigmoid", name="narrow"),
            layers.Lambda(lambda x: between(x - 0.5), name="step"),
        ],
    )
    cause = first(monitor).cause
    assert (cause.sign, cause.rule) == ("behavior", "unreached_layers")
    assert cause.target.endswith("narrow")
    assert "and 1 before it" in cause.clause
    assert seen in cause.clause
    assert "step`: rounding" in cause.explanation
    # The same again, from the disk.
    history = kgrad.RunHistory.load(tmp_path)
    assert history.findings == tuple(monitor.findings)
    assert "dead_units" not in {f.sign for f in monitor.findings}


def test_a_batch_that_is_taken_for_time(tmp_path: Path) -> None:
    def swapped(x: Any) -> Any:
        return ops.transpose(x, (1, 0, 2))

    monitor = trained(
        tmp_path,
        [
            layers.Lambda(swapped),
            layers.GRU(4, return_sequences=True, name="walks"),
            layers.Lambda(lambda x: swapped(x)[:, -1]),
        ],
    )
    cause = first(monitor).cause
    assert (cause.sign, cause.rule) == ("behavior", "batch_as_time")
    assert cause.target.endswith("walks")


def test_sorted_samples_are_told_whatever_a_batch_shows(tmp_path: Path) -> None:
    labels = np.sort(Y)
    flat = [layers.Flatten()]
    held_out = trained(tmp_path / "1", flat, labels, validation_split=0.2)
    assert first(held_out).cause.rule == "sorted_labels"
    assert "`validation_split=0.2` holds" in first(held_out).cause.clause
    in_order = trained(tmp_path / "2", flat, labels, shuffle=False)
    assert "they are not shuffled" in first(in_order).cause.clause
    # Shuffled by `fit`, and nothing held out: all is well.
    shuffled = trained(tmp_path / "3", flat, labels, epochs=1)
    assert "labels" not in {f.sign for f in shuffled.findings}
