"""Weights and optimizer go back to when they were good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.actions import Restore, Run
from kgrad.records import Finding
from tests.actions.training import BATCH, data, normalized, state, train


class Keep(keras.callbacks.Callback):
    """Keeps the state after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.states: list[list[np.ndarray]] = []
        self.rates: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.states.append(state(self.model))
        self.rates.append(float(self.model.optimizer.learning_rate))


def differ(a: list[np.ndarray], b: list[np.ndarray], rate: float) -> list[int]:
    """Where two states differ, but for the learning rate."""
    return [
        i
        for i, (x, y) in enumerate(zip(a, b, strict=True))
        if not np.array_equal(x, y) and x != pytest.approx(rate)
    ]


@pytest.mark.parametrize(
    "mode", [{}, {"steps_per_execution": 4}, {"run_eagerly": True}], ids=str
)
def test_it_restores_the_state_of_a_step(
    mode: dict[str, Any], tmp_path: Path
) -> None:
    kept = Keep()
    batches = data([90], steps=100)
    restore = Restore(every=8, learning_rate_factor=0.25)
    got = train(tmp_path, [restore], batches, normalized(**mode), [kept])
    (act,) = got.monitor.history.actions
    assert act.step == 92
    assert "of step 24 at step 92 (step 90 was not finite)" in act.what
    assert "rate lowered from 0.01 to 0.0025; attempt 1 of 3" in act.what
    assert got.monitor.history.learning_rate[91] == pytest.approx(0.01)
    assert got.monitor.history.learning_rate[92] == pytest.approx(0.0025)
    # The window in which it acted ends with the state of step 24.
    per_call = mode.get("steps_per_execution", 1)
    back, then = (
        kept.states[92 // per_call - 1],
        kept.states[24 // per_call - 1],
    )
    assert differ(back, then, 0.0025) == []
    assert int(got.model.optimizer.iterations) == 24 + 8
    assert list(got.monitor.history.steps) == list(range(1, 101))
    assert all(np.isfinite(w).all() for w in got.state)
    # The metrics of the epoch began again.
    assert np.isfinite(got.logs["loss"]).all()


def test_a_copy_taken_shortly_before_is_not_trusted(tmp_path: Path) -> None:
    restore = Restore(every=48)
    got = train(tmp_path, [restore], data([100], steps=120))
    assert "of step 48 at" not in got.told[0]
    later = train(tmp_path / "2", [Restore(every=48)], data([115], steps=120))
    assert "of step 48 at" in later.told[0]
    assert "(step 115" in later.told[0]


def test_it_gives_up_after_so_many_attempts(tmp_path: Path) -> None:
    batches = data(range(4, 41), steps=40)
    got = train(tmp_path, [Restore(attempts=2)], batches)
    assert [act.count for act in got.monitor.history.actions] == [1, 1, 0]
    assert "attempt 2 of 2" in got.told[1]
    assert "2 attempts did not help" in got.told[2]
    rates = got.monitor.history.learning_rate
    assert rates[-1] == pytest.approx(0.0025)


@pytest.mark.parametrize("kind", ["schedule", "function"])
def test_a_rate_that_cannot_be_set_is_multiplied(
    kind: str, tmp_path: Path
) -> None:
    rate: Any = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    if kind == "function":
        rate = _constant
    model = normalized(optimizer=keras.optimizers.SGD(rate))
    got = train(tmp_path, [Restore()], data([10], steps=24), model)
    assert len(got.told) == 1
    assert "learning rate lowered from 0.1 to 0.05" in got.told[0]
    if kind == "schedule":
        rates = got.monitor.history.learning_rate
        assert rates[12] == pytest.approx(0.05)
    # The optimizer is as the user made it.
    assert model.optimizer._learning_rate is rate


def _constant() -> float:
    return 0.1


def test_a_rate_that_stays_is_not_touched(tmp_path: Path) -> None:
    restore = Restore(learning_rate_factor=1.0)
    got = train(tmp_path, [restore], data([10]))
    assert float(got.model.optimizer.learning_rate) == pytest.approx(0.01)
    assert "learning rate" not in got.told[0]


def test_what_diverges_is_restored(tmp_path: Path) -> None:
    """One batch throws the weights, and the next ones overflow."""
    model = normalized(optimizer=keras.optimizers.SGD(0.01))
    batches = data([200], value=1e5, steps=320)
    got = train(tmp_path, [Restore(every=16)], batches, model)
    (act,) = got.monitor.history.actions
    # Of a run that diverges since step 200, not the copy of step 192.
    assert "of step 128 at" in act.what
    norms = got.monitor.history["weight_norm"][:, -1]
    assert norms[-1] < 2 * norms[190]


def test_what_a_sign_finds_is_restored_once() -> None:
    model = normalized()
    run = Run(model, model.optimizer)
    restore = Restore("exploding")
    restore.begin(run)
    good = state(model)
    model.set_weights([w + 1 for w in model.get_weights()])
    run.step = 40
    run.findings = [Finding("exploding", "net/last", 33, 34, 50.0, 10.0, "")]
    (act,) = restore.act(run)
    assert "(`exploding` at `net/last`, step 33)" in act.what
    for a, b in zip(state(model), good, strict=True):
        np.testing.assert_array_equal(a, b)
    assert list(restore.act(run)) == []


def test_without_anything_good_it_says_so(tmp_path: Path) -> None:
    model = normalized()
    spoilt = [np.full_like(w, np.nan) for w in model.get_weights()]
    model.set_weights(spoilt)
    got = train(tmp_path, [Restore()], data(), model)
    (said,) = got.told
    assert "Gave up" in said
    assert "no weights to go back to" in said


def test_a_loop_asks(tmp_path: Path) -> None:
    model = normalized(jit_compile=False)
    model.optimizer.build(model.trainable_variables)

    @tf.function
    def step(x: Any, y: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        weights = model.trainable_variables
        model.optimizer.apply(tape.gradient(loss, weights), weights)

    batches = data([10], steps=60)
    monitor = kgrad.GradientMonitor(
        tmp_path, reporters=[], actions=[Restore()], window=4
    )
    with monitor.watch(model):
        for i in range(0, len(batches[0]), BATCH):
            step(*(tf.constant(part[i : i + BATCH]) for part in batches))
            monitor._session.drain()
            assert not monitor.run_actions()
    assert all(np.isfinite(w).all() for w in state(model))
    assert len(monitor.history.actions) == 1
