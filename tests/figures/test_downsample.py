"""Fewer points, and every extreme still there."""

import time

import numpy as np
import pytest

from kgrad.figures.downsample import buckets, extremes

STEPS = 1_000_000


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(1, 2, shape)


@pytest.mark.parametrize("where", [0, 1, 499_999, 123_457, STEPS - 1])
@pytest.mark.parametrize("spike", [100.0, -100.0, np.nan, np.inf])
def test_a_line_keeps_a_spike_of_one_step(where: int, spike: float) -> None:
    values = noise(STEPS)
    values[where] = spike
    kept = extremes(values)
    assert where in kept
    assert len(kept) <= 3_002
    assert (np.diff(kept) > 0).all()


def test_a_line_keeps_both_extremes_of_every_bucket() -> None:
    values = noise(10_007)
    kept = extremes(values, 100)
    for start in range(0, 10_007, 101):
        bucket = values[start : start + 101]
        inside = values[kept[(kept >= start) & (kept < start + 101)]]
        assert inside.min() == bucket.min()
        assert inside.max() == bucket.max()


def test_a_short_line_is_kept_as_it_is() -> None:
    np.testing.assert_array_equal(extremes(noise(2_500)), np.arange(2_500))
    assert len(extremes(np.empty(0))) == 0


def test_a_line_without_a_number_keeps_its_ends() -> None:
    kept = extremes(np.full(5_000, np.nan), 100)
    assert kept[0] == 0
    assert kept[-1] == 4_999


def test_a_column_is_the_largest_of_its_steps() -> None:
    values = noise(1_003, 4)
    taken = buckets(np.arange(1, 1_004), values, buckets=100)
    assert taken.size == 11
    assert taken.largest.shape == (92, 4)
    np.testing.assert_array_equal(taken.steps, np.arange(1, 1_004, 11))
    for i in range(92):
        np.testing.assert_array_equal(
            taken.largest[i], values[11 * i : 11 * i + 11].max(axis=0)
        )
    assert not taken.broken.any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_column_tells_of_what_is_not_finite_and_of_the_rest(
    bad: float,
) -> None:
    values = noise(1_000, 2)
    values[501, 1] = bad
    values[:10, 0] = bad
    taken = buckets(np.arange(1_000), values, buckets=100)
    assert np.argwhere(taken.broken).tolist() == [[0, 0], [50, 1]]
    assert np.isnan(taken.largest[0, 0])
    rest = np.delete(values[500:510, 1], 1)
    assert taken.largest[50, 1] == rest.max()


def test_what_is_not_known_is_neither_broken_nor_shown() -> None:
    values = noise(10, 2)
    values[3, 0] = np.nan
    known = np.ones((10, 2), bool)
    known[3:, 0] = False
    taken = buckets(np.arange(10), values, known)
    assert not taken.broken.any()
    assert np.isnan(taken.largest[3:, 0]).all()
    np.testing.assert_array_equal(taken.largest[:, 1], values[:, 1])


def test_the_numbers_given_are_not_changed() -> None:
    values = noise(50, 2)
    values[7] = np.inf
    before = values.copy()
    buckets(np.arange(50), values)
    np.testing.assert_array_equal(values, before)


def test_a_million_steps_of_twelve_targets_take_no_time() -> None:
    values = noise(STEPS, 12)
    steps = np.arange(STEPS)
    began = time.process_time()
    taken = buckets(steps, values)
    extremes(values[:, 0])
    assert time.process_time() - began < 2
    assert taken.largest.shape == (1_000, 12)
