"""The benchmark runs; only what cannot be noise is asserted."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks import overhead


@pytest.mark.benchmark
@pytest.mark.slow
def test_watching_costs_less_than_a_second_backward_pass() -> None:
    name = "SimpleRNN(32), T=64"
    measured = overhead.measure(name, blocks=1)
    assert set(measured.ratios) == {"plain again", "kgrad"}
    assert measured.plain.shape == (1,)
    ratio = measured.ratios["kgrad"] / measured.ratios["plain again"]
    assert np.median(ratio) < 1.5
    assert measured.first_steps["kgrad"] > 0
