"""On several replicas: what acts there, and a word on what does not yet.

That training goes on as without them is tested in
`tests/sources/test_replicas.py`, on two devices.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import keras
import pytest
import tensorflow as tf

import kgrad
from kgrad.actions import Clip, Restore, Skip, Stop
from kgrad.actions.stage import Stage

SIGNS = ["nonfinite", "exploding"]


class Twins(tf.distribute.MirroredStrategy):
    """Says that it has two replicas."""

    num_replicas_in_sync = 2


def on_twins() -> keras.optimizers.Optimizer:
    with Twins(["CPU:0"]).scope():
        return keras.optimizers.SGD()


def test_what_does_not_act_there_is_named_in_one_warning() -> None:
    stage = Stage([Stop(), Skip(), Clip.auto(), Restore()], SIGNS)
    with pytest.warns(RuntimeWarning) as told:
        assert stage.guard(None, on_twins()) is None
    assert [str(warning.message) for warning in told] == [
        "kgrad: On 2 replicas these actions are not supported yet and are "
        "left out: `Clip`, `Restore`, `Skip`. Training goes on."
    ]
    assert stage
    # In one process they act.
    guard = stage.guard(None, keras.optimizers.SGD())
    assert guard.leaves_out
    assert guard.rate is not None


def test_stop_acts_there_without_a_word() -> None:
    stage = Stage([Stop()], SIGNS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert stage.guard(None, on_twins()) is None
    assert stage


def test_the_monitor_says_so(tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(tmp_path, reporters=[], actions=[Skip()])
    with (
        pytest.warns(RuntimeWarning, match="On 2 replicas.*`Skip`"),
        monitor.watch(None, on_twins()),
    ):
        assert monitor.stopped == ""
