"""A lost training ends, and everything around it ends well."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.actions import Restore, Skip, Stop
from tests.actions.training import BATCH, data, normalized, train


# Keras' own, where it saves weights.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept")
def test_it_stops_and_says_why(tmp_path: Path) -> None:
    epochs = tmp_path / "epoch-{epoch}.weights.h5"
    saved = keras.callbacks.ModelCheckpoint(epochs, save_weights_only=True)
    early = keras.callbacks.EarlyStopping("loss", patience=10)
    batches = data([15], steps=24)
    got = train(
        tmp_path,
        [Stop("nonfinite")],
        batches,
        callbacks=[saved, early],
        epochs=3,
        validation_data=data(),
    )
    # As soon as the step has been read: later on a machine that is busy.
    steps = len(got.monitor.history.steps)
    assert 16 <= steps < 24
    assert got.monitor.stopped.startswith(
        "nonfinite at net/first/kernel: The loss"
    )
    (act,) = got.monitor.history.actions
    assert act.what == (
        f"Stopped the training at step {steps}: `nonfinite` at "
        "`net/first/kernel` since step 15."
    )
    # The epoch has ended as Keras ends it.
    assert set(got.logs) == {"loss", "val_loss"}
    assert len(got.logs["loss"]) == 1
    assert [p.name for p in tmp_path.glob("*.h5")] == ["epoch-1.weights.h5"]
    assert len(got.monitor.history.epochs) == 1


def test_a_healthy_run_is_not_stopped(tmp_path: Path) -> None:
    got = train(tmp_path, [Stop()], data(), epochs=2)
    assert got.monitor.stopped == ""
    assert len(got.logs["loss"]) == 2
    assert got.monitor.history.actions == ()


def test_what_was_there_before_does_not_stop_it_again(tmp_path: Path) -> None:
    batches = data([3])
    got = train(tmp_path, [Stop()], batches)
    assert got.monitor.stopped
    got.model.set_weights(normalized().get_weights())
    for variable in got.model.optimizer.variables:
        variable.assign(np.nan_to_num(variable.numpy()))
    got.model.fit(*data(), BATCH, verbose=0, callbacks=[got.monitor])
    assert got.monitor.stopped == ""
    assert len(got.monitor.history.actions) == 1


def test_it_does_not_stop_what_others_put_right(tmp_path: Path) -> None:
    skipped = train(tmp_path / "skip", [Stop(), Skip()], data([3]))
    assert skipped.monitor.stopped == ""
    batches = data([15], steps=32)
    restored = train(tmp_path / "back", [Stop(), Restore()], batches)
    assert restored.monitor.stopped == ""
    assert len(restored.monitor.history.steps) == 32


def test_a_loop_asks(tmp_path: Path) -> None:
    model = normalized()
    batches = data([3], steps=60)
    monitor = kgrad.GradientMonitor(
        tmp_path, reporters=[], actions=[Stop()], window=4
    )
    made = 0
    with monitor.watch(model):
        for i in range(0, len(batches[0]), BATCH):
            model.train_on_batch(
                *(tf.constant(part[i : i + BATCH]) for part in batches)
            )
            made += 1
            if monitor.run_actions():
                break
    assert 3 <= made < 60
    assert "nonfinite at net/first/kernel" in monitor.stopped
