"""The user's step is traced as often as Keras itself would trace it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.loops.training import monitor, steps_of

KERAS_BOUND = 2
"""What Keras' own test of its TensorFlow trainer allows."""


def traced(
    steps_per_execution: int, *callbacks: keras.callbacks.Callback
) -> tuple[keras.Model, list[int]]:
    """A model trained for 100 steps, and its number of traces after that."""
    traces = [0]

    class Counts(keras.Model):
        def train_step(self, *batch: Any) -> Any:
            traces[0] += 1
            return super().train_step(*batch)

    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(1, activation="relu")(inputs)
    model = Counts(inputs, outputs)
    model.compile("adam", "mse", steps_per_execution=steps_per_execution)
    fit(model, *callbacks)
    return model, traces


def fit(model: keras.Model, *callbacks: keras.callbacks.Callback) -> None:
    x, y = np.ones((100, 4)), np.ones((100, 1))
    model.fit(x, y, batch_size=1, verbose=0, callbacks=callbacks)


@pytest.mark.parametrize("steps_per_execution", [1, 20])
def test_without_samples_a_step_is_traced_as_keras_traces_it(
    steps_per_execution: int, tmp_path: Path
) -> None:
    watching = monitor(tmp_path, time_every=None)
    _, plain = traced(steps_per_execution)
    model, watched = traced(steps_per_execution, watching)
    assert plain == watched
    assert watched[0] <= KERAS_BOUND
    assert steps_of(watching) == list(range(1, 101))
    before = watched[0]
    fit(model, watching)
    assert watched[0] == before  # The next `fit` traces nothing.
    assert len(steps_of(watching)) == 200


def test_with_samples_it_is_traced_once_more_and_no_more(
    tmp_path: Path,
) -> None:
    watching = monitor(tmp_path, time_every=3)
    _, plain = traced(1)
    model, watched = traced(1, watching)
    assert watched[0] == plain[0] + 1
    fit(model, watching)
    assert watched[0] == plain[0] + 1
