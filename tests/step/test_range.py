"""Gradients that float32 cannot square are reported as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad


def history_of(
    folder: Path,
    gradient: float,
    dtype: str = "float32",
    compiled: bool = True,
    jit: bool = False,
    **clipping: float,
) -> kgrad.RunHistory:
    """One step of SGD on three weights, each with this gradient."""
    weights = keras.Variable(np.ones(3), dtype=dtype, name="weights")
    optimizer = keras.optimizers.SGD(0.0, **clipping)
    optimizer.build([weights])

    def step() -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(weights.value * tf.cast(gradient, dtype))
        optimizer.apply(tape.gradient(loss, [weights.value]), [weights])

    if compiled:
        step = tf.function(step, jit_compile=jit)
    monitor = kgrad.GradientMonitor(
        folder, signs=[], statistics=["all"], reporters=[]
    )
    with monitor.watch(None, optimizer):
        step()
    return monitor.history


@pytest.mark.parametrize("gradient", [1e-25, 1e25])
@pytest.mark.parametrize(
    "how",
    [
        {"compiled": False},
        {},
        pytest.param({"jit": True}, marks=pytest.mark.slow),
    ],
    ids=["eager", "graph", "XLA"],
)
def test_norms_whose_squares_underflow_or_overflow_are_right(
    gradient: float, how: dict[str, Any], tmp_path: Path
) -> None:
    history = history_of(tmp_path, gradient, **how)
    np.testing.assert_allclose(
        history["gradient_norm"], gradient * np.sqrt(3), rtol=1e-6
    )
    np.testing.assert_allclose(history["gradient_max"], gradient, rtol=1e-6)
    assert not history["nonfinite_count"].any()
    assert not history["zero_gradient_share"].any()


@pytest.mark.parametrize("gradient", [1e-4, 4e4])
def test_float16_is_measured_in_a_wider_type(
    gradient: float, tmp_path: Path
) -> None:
    history = history_of(tmp_path, gradient, dtype="float16")
    np.testing.assert_allclose(
        history["gradient_norm"], gradient * np.sqrt(3), rtol=1e-3
    )


@pytest.mark.parametrize(
    ("clipping", "clipped"),
    [({"clipnorm": 1.0}, 0.0), ({"global_clipnorm": 1.0}, np.nan)],
)
def test_the_norm_before_clipping_survives_what_keras_makes_of_an_overflow(
    clipping: dict[str, float], clipped: float, tmp_path: Path
) -> None:
    history = history_of(tmp_path, 1e25, **clipping)
    np.testing.assert_allclose(
        history["gradient_norm"], 1e25 * np.sqrt(3), rtol=1e-6
    )
    np.testing.assert_array_equal(history["clipped_gradient_norm"], clipped)
    assert not history["nonfinite_count"].any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_entries_that_are_not_finite_are_counted(
    bad: float, tmp_path: Path
) -> None:
    history = history_of(tmp_path, bad)
    np.testing.assert_array_equal(history["nonfinite_count"], [[3, 3]])
    assert not history.skipped.any()
