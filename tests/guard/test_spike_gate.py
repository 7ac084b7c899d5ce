"""The gate and the limiter, against a few lines of NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import tensorflow as tf

from kgrad.guard.guard import global_norm
from kgrad.guard.percentile_clipper import PercentileClipper
from kgrad.guard.spike_gate import SpikeGate
from kgrad.records import UpdateOutcome

APPLIED, LARGE = UpdateOutcome.APPLIED, UpdateOutcome.TOO_LARGE
NOT_FINITE, NEW_LEVEL = UpdateOutcome.NOT_FINITE, UpdateOutcome.NEW_LEVEL


def verdicts(
    norms: Sequence[float], routine: bool | None = None, **changes: float
) -> tuple[list[int], list[float]]:
    arguments = {"factor": 10.0, "patience": 3, "warmup": 2, "memory": 4}
    gate = SpikeGate(**(arguments | changes))  # type: ignore[arg-type]
    judge = tf.function(
        lambda norm: gate.decide(
            norm, None if routine is None else tf.constant(routine)
        )
    )
    found = [judge(tf.constant(norm, tf.float32)) for norm in norms]
    return [int(v) for v, _ in found], [float(limit) for _, limit in found]


def test_the_limit_is_a_multiple_of_the_geometric_mean() -> None:
    norms = [1.0, 4.0, 2.0, 8.0, 3.0, 5.0, 0.5]
    said, limits = verdicts(norms)
    assert said == [APPLIED] * len(norms)
    assert limits[:2] == [math.inf] * 2
    level, expected = 0.0, []
    for n, norm in enumerate(norms):
        expected.append(10 * math.exp(level))
        level += (math.log(norm) - level) / min(n + 1, 4)
    np.testing.assert_allclose(limits[2:], expected[2:], rtol=1e-5)
    assert limits[2] == pytest.approx(10 * math.sqrt(1 * 4))


def test_what_is_left_out_does_not_move_the_limit() -> None:
    said, limits = verdicts([1, 1, 50, 1, math.nan, 1])
    assert said == [APPLIED, APPLIED, LARGE, APPLIED, NOT_FINITE, APPLIED]
    np.testing.assert_allclose(limits[2:], 10, rtol=1e-6)


def test_a_norm_of_zero_does_not_enter() -> None:
    _, limits = verdicts([1, 1, 0, 0, 0, 1])
    np.testing.assert_allclose(limits[2:], 10, rtol=1e-6)


def test_it_gives_in_to_a_new_level() -> None:
    said, limits = verdicts([1, 1, 50, 50, 50, 60, 60, 1000, 60])
    assert said[2:6] == [LARGE] * 3 + [NEW_LEVEL]
    # The new level is known by one norm, and has to be known by two.
    assert said[6:] == [APPLIED, LARGE, APPLIED]
    assert limits[6] == math.inf
    np.testing.assert_allclose(limits[7:], 600, rtol=1e-5)


def test_it_never_gives_in_to_what_is_not_finite() -> None:
    bad = [math.nan, math.inf] * 5
    said, _ = verdicts([1, 1, *bad, 50])
    assert said == [APPLIED] * 2 + [NOT_FINITE] * 10 + [LARGE]


@pytest.mark.parametrize("factor", [10.0, math.inf])
def test_without_a_limit_only_finiteness_counts(factor: float) -> None:
    said, limits = verdicts([1, 1, 1e9, math.inf], factor=factor)
    assert said == [0, 0, 0 if factor == math.inf else LARGE, NOT_FINITE]
    assert (limits[3] == math.inf) == (factor == math.inf)


def test_an_overflow_of_loss_scaling_is_its_own_affair() -> None:
    said, _ = verdicts([math.inf, math.nan], routine=True)
    assert said == [UpdateOutcome.SCALED] * 2


def test_what_was_in_a_row_is_no_more_when_it_begins_again() -> None:
    gate = SpikeGate(10.0, patience=2, warmup=1, memory=4)
    norms = [1.0, 50.0, 50.0]
    for norm in norms:
        gate.decide(tf.constant(norm), None)
    gate.begin_again()
    verdict, limit = gate.decide(tf.constant(50.0), None)
    assert float(verdict) == LARGE
    assert float(limit) == pytest.approx(10)


@pytest.mark.parametrize("percentile", [10.0, 50.0, 97.5])
@pytest.mark.parametrize("memory", [1, 7, 40])
def test_clipping_is_to_a_percentile_of_the_last_norms(
    percentile: float, memory: int
) -> None:
    rng = np.random.default_rng(memory)
    limiter = PercentileClipper(percentile, memory)
    factor = tf.function(lambda norm: limiter.factor(norm, tf.constant(True)))
    seen: list[float] = []
    for norm in rng.lognormal(size=60).astype(np.float32):
        seen.append(float(norm))
        limit = np.percentile(seen[-memory:], percentile)
        got = float(factor(tf.constant(norm)))
        assert got == pytest.approx(min(1.0, limit / norm), rel=1e-5)


@pytest.mark.parametrize("norm", [0.0, math.nan, math.inf])
def test_norms_that_are_none_pass_and_do_not_enter(norm: float) -> None:
    limiter = PercentileClipper(50.0, 4)
    yes, no = tf.constant(True), tf.constant(False)
    for given, enters in ((2.0, yes), (norm, yes), (9.0, no)):
        assert float(limiter.factor(tf.constant(given), enters)) == 1
    assert float(limiter.factor(tf.constant(4.0), yes)) == 0.75


def test_the_norm_is_that_of_all_gradients_together() -> None:
    sparse = tf.IndexedSlices(
        tf.constant([[1.0, 0.0], [2.0, 0.0], [0.0, 4.0]]),
        tf.constant([3, 3, 0]),
        tf.constant([9, 2]),
    )
    half = tf.constant([300.0], tf.float16)
    expected = math.sqrt(3**2 + 4**2 + 300**2 + 12**2)
    assert float(global_norm([sparse, half, tf.constant(12.0)])) == (
        pytest.approx(expected)
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e20])
def test_a_gradient_without_a_square_has_no_finite_norm(bad: float) -> None:
    norm = global_norm([tf.constant([1.0]), tf.constant([1.0, bad])])
    assert not math.isfinite(float(norm))
