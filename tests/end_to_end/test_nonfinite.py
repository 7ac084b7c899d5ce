"""A relu SimpleRNN turns to NaN: when and where, against an eager run."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
import zoo

LENGTH, BATCH, STEPS = 50, 20, 150
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in (1, 2))]


def model_and_data(seed: int) -> tuple[keras.Model, np.ndarray, np.ndarray]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = zoo.build(
        "adding",
        cell="simple_rnn",
        variant="relu",
        length=LENGTH,
        optimizer="sgd",
        learning_rate=0.01,
        seed=seed,
        # XLA gives relu the slope 0 at NaN, where eager mode has NaN.
        jit_compile=False,
    )
    x, y = zoo.task("adding").data(
        "train", BATCH * STEPS, length=LENGTH, seed=seed
    )
    return model, x, y


def first_by_hand(seed: int) -> tuple[int, set[str]]:
    """The first step with a bad gradient, and the variables it was bad in."""
    model, x, y = model_and_data(seed)
    for step in range(1, STEPS + 1):
        rows = slice((step - 1) * BATCH, step * BATCH)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                (model(x[rows], training=True) - y[rows]) ** 2
            )
        weights = model.trainable_variables
        gradients = tape.gradient(loss, weights)
        bad = {
            w.path
            for g, w in zip(gradients, weights, strict=True)
            if not np.isfinite(g.numpy()).all()
        }
        if bad:
            return step, bad
        model.optimizer.apply(gradients, weights)
    raise AssertionError("the run stayed finite")


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_step_and_variable_are_those_of_an_eager_run(
    seed: int, tmp_path: Path
) -> None:
    step, bad = first_by_hand(seed)
    model, x, y = model_and_data(seed)
    monitor = kgrad.GradientMonitor(tmp_path, reporters=[])
    model.fit(x, y, BATCH, shuffle=False, verbose=0, callbacks=[monitor])
    (finding,) = [f for f in monitor.findings if f.sign == "nonfinite"]
    assert finding.first_step == step
    assert finding.target in bad
    counts = monitor.history["nonfinite_count"][step - 1]
    named = [
        t for t in monitor.history.target_records if t.layer and not t.gate
    ]
    seen = {
        t.name
        for t in named
        if counts[monitor.history.targets.index(t.name)] > 0
    }
    assert seen == bad
    assert "The gradients exploded" in finding.explanation
    assert "clipnorm=1" in finding.remedies[0].code


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_remedy_keeps_it_finite(seed: int, tmp_path: Path) -> None:
    model, x, y = model_and_data(seed)
    model.compile(keras.optimizers.SGD(0.01, global_clipnorm=1.0), "mse")
    monitor = kgrad.GradientMonitor(tmp_path, reporters=[])
    model.fit(x, y, BATCH, shuffle=False, verbose=0, callbacks=[monitor])
    assert "nonfinite" not in [f.sign for f in monitor.findings]
    assert np.isfinite(monitor.history.loss).all()
