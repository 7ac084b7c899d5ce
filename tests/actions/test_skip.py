"""A step that is left out is as if its batch had never been there."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from kgrad.actions import Restore, Skip
from kgrad.records.numbers import number
from tests.actions.training import (
    BATCH,
    STEPS,
    data,
    normalized,
    state,
    train,
    without,
)

MODES: list[Any] = [
    {},
    {"steps_per_execution": 4},
    {"run_eagerly": True},
    pytest.param({"jit_compile": True}, marks=pytest.mark.full),
]


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_all_is_as_without_the_batch(
    mode: dict[str, Any], tmp_path: Path
) -> None:
    bad = data([3, 7])
    skip = Skip()
    model = normalized(metrics=["mae"], **mode)
    got = train(tmp_path, [skip], bad, model, epochs=2)
    clean = normalized(metrics=["mae"], **mode)
    plain = clean.fit(
        *without(bad, [3, 7]), BATCH, epochs=2, verbose=0, shuffle=False
    )
    for a, b in zip(got.state, state(clean), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(model.optimizer.iterations) == 2 * (STEPS - 2)
    for name, values in plain.history.items():
        np.testing.assert_allclose(got.logs[name], values, rtol=1e-6)

    history = got.monitor.history
    left_out = [3, 7, 3 + STEPS, 7 + STEPS]
    assert list(history.steps) == list(range(1, 2 * STEPS + 1))
    assert list(history.steps[history.skipped]) == left_out
    norms = history["gradient_norm"][history.skipped, -1]
    assert not np.isfinite(norms).any()
    assert not history["update_norm"][history.skipped].any()
    assert [act.step for act in history.actions] == left_out
    assert got.told[0] == (
        "Skipped step 3: the gradient of `net/first/kernel` is not finite."
    )
    assert kgrad.RunHistory.load(tmp_path).actions == history.actions
    assert (skip.total, skip.in_a_row) == (4, 0)
    assert got.monitor.findings == []
    assert not got.monitor.stopped


def test_an_update_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    batches = data([9], value=1e4)
    got = train(tmp_path, [Skip(factor=100, warmup=4)], batches)
    clean = normalized()
    clean.fit(*without(batches, [9]), BATCH, verbose=0, shuffle=False)
    for a, b in zip(got.state, state(clean), strict=True):
        np.testing.assert_array_equal(a, b)
    (act,) = got.monitor.history.actions
    assert (act.step, act.target, act.count) == (9, "global", 1)
    norms = got.monitor.history["gradient_norm"][:, -1]
    assert f"is {number(norms[8])}, above the limit of " in act.what
    limit = float(act.what.rstrip(".").split()[-1])
    level = np.exp(np.log(norms[:8]).mean())
    assert limit == pytest.approx(100 * level, rel=0.01)


@pytest.mark.full
def test_it_accepts_a_new_level_and_says_so(tmp_path: Path) -> None:
    batches = data(range(7, 13), value=1e4)
    skip = Skip(factor=100, warmup=4, patience=2)
    got = train(tmp_path, [skip], batches)
    history = got.monitor.history
    assert list(history.steps[history.skipped]) == [7, 8]
    assert got.told[2].startswith(
        "Accepted a new level at step 9: the norm of the"
    )
    assert len(got.told) == 3
    assert (skip.total, skip.in_a_row) == (2, 0)
    assert int(got.model.optimizer.iterations) == STEPS - 2
    assert not got.monitor.stopped


def test_it_gives_up_when_nothing_is_finite_any_more(tmp_path: Path) -> None:
    batches = data(range(3, 25), steps=24)
    got = train(tmp_path, [Skip(patience=3)], batches, epochs=5)
    assert got.monitor.stopped.startswith("skip gave up: 3 updates in a row")
    steps = got.monitor.history.steps
    assert 5 <= len(steps) < 24
    assert all(np.isfinite(w).all() for w in got.state)
    (said,) = [act for act in got.monitor.history.actions if not act.count]
    assert said.step == 5
    assert "Gave up: 3 updates in a row up to step 5" in said.what
    assert len(got.logs["loss"]) == 1


def test_restore_comes_before_giving_in_ends_the_run(tmp_path: Path) -> None:
    batches = data(range(5, 9), steps=16)
    got = train(tmp_path, [Skip(patience=3), Restore(every=4)], batches)
    assert not got.monitor.stopped
    restored = [a for a in got.monitor.history.actions if a.action == "restore"]
    assert len(restored) == 1
    assert "updates up to step 7 were not finite" in restored[0].what
    assert len(got.monitor.history.steps) == 16


def test_overflows_of_loss_scaling_stay_its_own(tmp_path: Path) -> None:
    def model() -> keras.Model:
        optimizer = keras.optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(0.01), initial_scale=2.0**127
        )
        return normalized(optimizer=optimizer)

    got = train(tmp_path, [Skip(warmup=1)], data(), model())
    plain = model()
    plain.fit(*data(), BATCH, verbose=0, shuffle=False)
    for a, b in zip(got.state, state(plain), strict=True):
        np.testing.assert_array_equal(a, b)
    history = got.monitor.history
    assert history.skipped.any()
    assert history.actions == ()


@pytest.mark.full
def test_loss_scaling_keeps_its_moving_statistics_as_well(
    tmp_path: Path,
) -> None:
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01))
    got = train(tmp_path, [Skip()], data([3]), normalized(optimizer=optimizer))
    assert all(np.isfinite(w).all() for w in got.model.get_weights())
    assert list(got.monitor.history.steps[got.monitor.history.skipped]) == [3]


def test_a_micro_batch_is_left_out_of_what_is_accumulated(
    tmp_path: Path,
) -> None:
    def model() -> keras.Model:
        keras.utils.set_random_seed(1)
        made = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
        made.compile(
            keras.optimizers.SGD(0.1, gradient_accumulation_steps=2), "mse"
        )
        return made

    got = train(tmp_path, [Skip()], data([3, 8]), model())
    plain = model()
    plain.fit(*without(data([3, 8]), [3, 8]), BATCH, verbose=0, shuffle=False)
    for a, b in zip(got.state, state(plain), strict=True):
        np.testing.assert_array_equal(a, b)
    acts = got.monitor.history.actions
    assert len(acts) == 2
    assert got.monitor.history.skipped.sum() == 2


def test_states_of_a_stateful_layer_are_put_back(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            layers.Input((2, 3), batch_size=BATCH),
            layers.GRU(2, stateful=True),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse", jit_compile=False)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((6 * BATCH, 2, 3)).astype(np.float32)
    x[2 * BATCH] = math.nan
    y = np.ones((6 * BATCH, 1), np.float32)
    got = train(tmp_path, [Skip()], (x, y), model)
    assert (
        list(got.monitor.history.skipped) == [False, False, True] + [False] * 3
    )
    assert np.isfinite(got.monitor.history.loss[3:]).all()


@pytest.mark.parametrize(
    "compiled", [pytest.param(False, marks=pytest.mark.full), True]
)
def test_a_loop_of_ones_own(compiled: bool, tmp_path: Path) -> None:
    model = normalized(optimizer=keras.optimizers.Adam(0.01))
    model.optimizer.build(model.trainable_variables)

    def step(x: Any, y: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        weights = model.trainable_variables
        model.optimizer.apply(tape.gradient(loss, weights), weights)

    run = tf.function(step) if compiled else step
    batches = data([3])
    monitor = kgrad.GradientMonitor(
        tmp_path, reporters=[], actions=[Skip()], window=4
    )
    with monitor.watch(model):
        for i in range(0, len(batches[0]), BATCH):
            run(*(tf.constant(part[i : i + BATCH]) for part in batches))
            assert not monitor.run_actions()
    assert all(np.isfinite(w).all() for w in state(model))
    assert [act.step for act in monitor.history.actions] == [3]
    assert int(model.optimizer.iterations) == STEPS - 1
