"""A loss that was not told is unknown; one that is NaN is NaN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from tests.loops.training import (
    BATCH,
    batches,
    data,
    model,
    monitor,
    step_of,
    steps_of,
)


def nonfinite(watching: kgrad.GradientMonitor) -> list[kgrad.Finding]:
    return [f for f in watching.findings if f.sign == "nonfinite"]


def test_a_loop_after_a_fit_does_not_tell_its_loss(tmp_path: Path) -> None:
    trained, watching = model(), monitor(tmp_path)
    trained.fit(*data(), BATCH, verbose=0, callbacks=[watching])
    for step in (step_of(trained), tf.function(step_of(trained))):
        with watching.watch(trained):
            for batch in batches():
                step(*batch)
    history = kgrad.RunHistory.load(tmp_path)
    told = [s.has_loss for s in history.snapshots if len(s.steps)]
    assert np.concatenate(told).tolist() == [True] * 4 + [False] * 8
    assert np.isnan(history.loss[4:]).all()
    assert not nonfinite(watching)


def test_a_loop_that_tells_its_loss(tmp_path: Path) -> None:
    trained, watching = model(), monitor(tmp_path)
    own = step_of(trained)

    def step(x: Any, y: Any) -> None:
        trained.optimizer.scale_loss(tf.constant(np.nan))
        own(x, y)

    with watching.watch(trained):
        for batch in batches():
            step(*batch)
    (finding,) = nonfinite(watching)
    assert (finding.first_step, finding.last_step) == (1, 4)


def test_a_loss_that_is_nan_from_the_first_step_on(tmp_path: Path) -> None:
    """The weights stay finite: its gradients are zero."""

    def lost(y: Any, predicted: Any) -> Any:
        return keras.ops.mean(predicted * 0.0) + np.nan

    trained, watching = model(), monitor(tmp_path)
    trained.compile("sgd", lost)
    trained.fit(*data(), BATCH, verbose=0, callbacks=[watching])
    assert all(np.isfinite(w).all() for w in trained.get_weights())
    (finding,) = nonfinite(watching)
    assert (finding.first_step, finding.last_step) == (1, 4)
    (saved,) = kgrad.RunHistory.load(tmp_path).findings
    assert saved.first_step == 1


@pytest.mark.parametrize("window", [64, 4, 3, 1])
@pytest.mark.parametrize("lost_in", [1, 2, None])
def test_a_loss_that_only_the_epoch_tells(
    lost_in: int | None, window: int, tmp_path: Path
) -> None:
    """Also where the window was read before the epoch told of its steps."""

    class Silent(keras.Sequential):
        def train_step(self, batch: Any) -> dict[str, Any]:
            step_of(self)(*batch[:2])
            lost = self.optimizer.iterations > 4 * ((lost_in or 4) - 1)
            return {"loss": tf.where(lost, np.nan, 1.0), "more": 0.0}

    keras.utils.set_random_seed(1)
    layers = [keras.Input((5, 2)), keras.layers.GRU(3), keras.layers.Dense(1)]
    trained, watching = Silent(layers), monitor(tmp_path, window=window)
    trained.compile("sgd")
    trained.fit(*data(), BATCH, epochs=3, verbose=0, callbacks=[watching])
    found = [(f.first_step, f.last_step) for f in nonfinite(watching)]
    assert found == ([(4 * lost_in, 12)] if lost_in else [])
    assert steps_of(watching) == list(range(1, 13))
