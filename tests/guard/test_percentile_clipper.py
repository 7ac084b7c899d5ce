"""The limit of clipping against NumPy's percentile of the norms so far."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from kgrad.guard.percentile_clipper import PercentileClipper

SETTINGS = [(30, 6), (33.3, 31), (10, 100), (50, 2), (99, 1), (100, 5)]


@pytest.mark.parametrize(
    ("percentile", "memory", "jit"),
    [
        *((*setting, False) for setting in SETTINGS),
        pytest.param(30, 6, True, marks=pytest.mark.slow),
    ],
)
def test_the_factor_is_that_of_the_norms_that_entered(
    percentile: float, memory: int, jit: bool
) -> None:
    limiter = PercentileClipper(percentile, memory)
    factor = tf.function(limiter.factor, jit_compile=jit)
    rng = np.random.default_rng(0)
    entered: list[float] = []
    for norm in rng.lognormal(size=20 if jit else 60).astype(np.float32):
        enters = rng.random() > 0.1
        found = factor(tf.constant(norm), tf.constant(enters)).numpy()
        if not enters:
            assert found == 1
            continue
        entered.append(norm)
        limit = np.percentile(entered[-memory:], percentile)
        assert found == pytest.approx(min(1, limit / norm), rel=1e-5)
