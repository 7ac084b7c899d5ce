"""Two replicas are measured as one process on the same batches would be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.records import Measure
from kgrad.step.statistics import BUILT_IN
from tests.step import modes, on_replicas, two_devices

FAST = ["fit", "tape loop"]
SLOW = ["clipnorm", "embedding", "eager", "actions", "actions, loss scaling"]
STATISTICS = [statistic.measure.name for statistic in BUILT_IN]


pytestmark = pytest.mark.xdist_group("replicas")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Trains modes, in a process that has two devices; what they left."""
    folder = tmp_path_factory.mktemp("replicas")
    return two_devices.results("tests.step.on_replicas", folder, FAST, SLOW)


every_mode = pytest.mark.parametrize(
    "mode", [*FAST, *(pytest.param(m, marks=pytest.mark.full) for m in SLOW)]
)


@every_mode
def test_watching_changes_no_weight(mode: str, trained: Any) -> None:
    results = trained(mode)
    plain = [k for k in results if k.startswith("plain")]
    assert len(plain) >= 5
    for name in plain:
        np.testing.assert_array_equal(
            results[name], results[name.replace("plain", "watched")]
        )


@every_mode
def test_the_numbers_are_those_of_one_process(mode: str, trained: Any) -> None:
    results = trained(mode)
    steps = slice(None)
    if mode == "clipnorm":  # Other updates: each replica clips its own.
        steps = slice(0, 1)
    for name in (*STATISTICS, "loss", "update_ratio"):
        if mode == "clipnorm" and name.startswith(("clipped", "update")):
            continue
        one = results[f"{name} of one"][steps]
        several = results[f"{name} of several"][steps]
        # Adam divides by the size of the gradient, rounding errors included.
        error = 3e-5 if name.startswith("update") else 1e-5
        # The ratio of a bias that is zero yet is not known.
        assert np.isfinite(one).all() or name == "update_ratio"
        np.testing.assert_allclose(
            several, one, rtol=error, atol=1e-9, err_msg=name
        )
    np.testing.assert_array_equal(
        results["steps of several"], np.arange(1, modes.STEPS + 1)
    )


@every_mode
def test_the_gradient_through_time_is_that_of_the_whole_batch(
    mode: str, trained: Any
) -> None:
    results = trained(mode)
    if mode == "tape loop":  # `watch` takes no samples.
        assert len(results["samples of several"]) == 0
        return
    count = 2 if mode == "clipnorm" else None
    np.testing.assert_allclose(
        results["profiles of several"][:count],
        results["profiles of one"][:count],
        rtol=1e-5,
    )
    assert results["samples of several"].tolist() == [1, 3, 5]


@pytest.mark.full
def test_each_replica_clips_its_own_gradient_before_the_sum(
    trained: Any,
) -> None:
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(1)
    model = modes.gated()
    x, y = modes.inputs()
    half = on_replicas.BATCH // 2
    total = [0.0] * len(model.trainable_variables)
    for part in (slice(0, half), slice(half, 2 * half)):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x[part]) - y[part]) ** 2) / 2
        for i, gradient in enumerate(
            tape.gradient(loss, model.trainable_variables)
        ):
            g = gradient.numpy().astype(np.float64)
            total[i] = total[i] + g * min(1, 0.1 / np.sqrt((g**2).sum()))
    expected = np.sqrt(sum((g**2).sum() for g in total))
    results = trained("clipnorm")
    clipped = results["clipped_gradient_norm of several"][0, -1]
    np.testing.assert_allclose(clipped, expected, rtol=1e-5)
    np.testing.assert_allclose(
        results["update_norm of several"][0, -1],
        on_replicas.RATE * expected,
        rtol=1e-4,
    )
    assert clipped < 0.9 * results["gradient_norm of several"][0, -1]


class Foreign(tf.distribute.OneDeviceStrategy):
    """Says of itself what a strategy for TPUs would."""

    num_replicas_in_sync = 8


def test_other_strategies_are_refused_by_name(tmp_path: Path) -> None:
    with Foreign("CPU:0").scope():
        optimizer = keras.optimizers.SGD()
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    with (
        pytest.raises(ValueError, match="Received: 8 replicas of a Foreign"),
        monitor.watch(None, optimizer),
    ):
        pass


def test_one_replica_of_a_strategy_is_one_process(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    with tf.distribute.OneDeviceStrategy("CPU:0").scope():
        model = modes.recurrent()
        model.compile("sgd", "mse")
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    modes.fit(model, [monitor], *modes.inputs())
    assert len(monitor.history.steps) == modes.STEPS
    assert isinstance(monitor.history.measures[0], Measure)
