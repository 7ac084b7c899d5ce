"""Counts of entries, against NumPy's histogram between the same edges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.records import Histogram
from kgrad.records.histograms import BINS, EDGES, MIDDLE
from kgrad.step.histogram_tap import HistogramTap, counts
from tests.step.modes import BATCH, MODES, Mode, inputs, parameters
from tests.step.reference import Step
from tests.step.test_modes import reference

ONE = MIDDLE + 1 + 12 * 4
"""The bin that begins at 1."""


def normal(*shape: int) -> np.ndarray:
    """Over many decades, and no number near an edge."""
    rng = np.random.default_rng(0)
    decade = (rng.integers(-40, 20, shape) + rng.uniform(0.1, 0.9, shape)) / 4
    return (rng.choice([-1, 1], shape) * 10.0**decade).astype(np.float32)


def by_numpy(values: np.ndarray) -> np.ndarray:
    return np.histogram(values.ravel().astype(np.float64), EDGES)[0]


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("shape", [(2000,), (7, 11, 13), ()])
def test_counts_are_those_of_numpy(shape: tuple[int, ...], jit: bool) -> None:
    values = normal(*shape)
    counted = tf.function(counts, jit_compile=jit)(values).numpy()
    np.testing.assert_array_equal(counted[:-1], by_numpy(values))
    assert counted[-1] == 0


@pytest.mark.parametrize("jit", [False, True])
def test_what_has_no_logarithm_is_counted_too(jit: bool) -> None:
    values = np.array(
        [0, -0.0, 1e-13, -1e-40, np.inf, -np.inf, 1e7, -1e30, np.nan, 1.1],
        np.float32,
    )
    counted = tf.function(counts, jit_compile=jit)(values).numpy()
    expected = np.zeros(BINS + 1)
    expected[[MIDDLE, BINS - 1, 0, BINS, ONE]] = 4, 2, 2, 1, 1
    np.testing.assert_array_equal(counted, expected)


def test_halves_are_counted_as_what_they_are() -> None:
    counted = counts(tf.constant([1.25, -1.25], tf.float16)).numpy()
    assert counted[ONE] == counted[-2 - ONE] == 1


def test_of_many_samples_ever_fewer_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kgrad.step.histogram_tap.KEPT", 4)
    tap, kept = HistogramTap(), []
    for sample in range(32):
        tap.outputs("dense", tf.ones(sample + 1))
        for one in tap.read():
            kept.append(sample)
            # Nothing of those in between is left.
            assert one.counts.sum() == sample + 1
    assert kept == [*range(8), *range(8, 16, 2), *range(16, 32, 4)]


EACH_PUSH = {
    "subclassed",
    "own train_step",
    "accumulation, clipnorm",
    "mixed_float16, overflow, clipnorm",
}


@pytest.mark.parametrize("mode", parameters(EACH_PUSH))
def test_training_is_the_same_and_counts_are_those_of_its_tensors(
    mode: Mode, tmp_path: Path
) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], reporters=[], time_every=2, histograms=True
    )
    watched = mode.run([monitor])
    for a, b in zip(mode.plain, watched, strict=True):
        np.testing.assert_array_equal(a, b)
    steps = reference(mode)
    samples = kgrad.RunHistory.load(tmp_path).samples
    assert samples
    for sample in samples:
        made = steps[sample.step - 1]
        found = {(h.kind, h.name): h for h in sample.histograms}
        assert {name for kind, name in found if kind == "weight"} == set(
            made.before
        )
        check(found, made, mode)
        outputs = [h for (kind, _), h in found.items() if kind == "activation"]
        assert all(h.counts.sum() % BATCH == 0 for h in outputs)
        # What is frozen is not tapped, and what has no activation not read.
        assert outputs or mode.name in ("frozen layer", "loss of its own")


def check(
    found: dict[tuple[str, str], Histogram], made: Step, mode: Mode
) -> None:
    # A call that only accumulates is no step, but may be a sample.
    partly = "gradient_accumulation_steps" in mode.optimizer
    for kind, tensors in (
        ("gradient", made.gradients),
        ("weight", made.before),
    ):
        for name, tensor in tensors.items():
            one = found[kind, name]
            if "embeddings" in name:
                # A row for each slice: see the next test.
                continue
            assert one.counts.sum() + one.nan == tensor.size, (kind, name)
            # Rounding may move a number over an edge.
            known = np.isfinite(tensor).all() and mode.tolerance < 1e-3
            if known and not partly:
                moved = np.abs(np.cumsum(one.counts - by_numpy(tensor)))
                assert moved.max() <= 1, (kind, name)


def test_of_an_embedding_the_touched_rows_are_counted(tmp_path: Path) -> None:
    (mode,) = (m for m in MODES if m.name == "embedding")
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], reporters=[], time_every=3, histograms=True
    )
    for a, b in zip(mode.plain, mode.run([monitor]), strict=True):
        np.testing.assert_array_equal(a, b)
    x, _ = inputs(tokens=True)
    first = monitor.history.samples[0].histograms
    name = next(h.name for h in first if "embeddings" in h.name)
    (gradient,) = (h for h in first if (h.kind, h.name) == ("gradient", name))
    made = reference(mode)[0].gradients[name]
    wanted = by_numpy(made[np.unique(x[:BATCH])])
    # Each slice has a row: of those that are named twice some are empty.
    empty = np.arange(BINS) == MIDDLE
    np.testing.assert_array_equal(gradient.counts[~empty], wanted[~empty])


def test_by_default_nothing_is_counted(tmp_path: Path) -> None:
    (mode,) = (m for m in MODES if m.name == "Sequential")
    monitor = kgrad.GradientMonitor(tmp_path, signs=[], reporters=[])
    mode.run([monitor])
    assert [s.histograms for s in monitor.history.samples] == [()]
