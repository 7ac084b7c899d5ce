"""Which steps are sampled, and what they hold: lengths, range, layers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from kgrad.records import Sample
from kgrad.step.scan import BINS
from kgrad.step.time_tap import TimeTap
from tests.step.through_time import norms_by_hand

BATCH = 2


def model_of(*stack: Any, length: int | None = 4) -> keras.Model:
    keras.utils.set_random_seed(2)
    return keras.Sequential(
        [layers.Input((length, 1)), *stack, layers.Dense(1)]
    )


def batches(lengths: list[int]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(0)
    for length in lengths:
        x = rng.standard_normal((BATCH, length, 1)).astype(np.float32)
        yield x, x[:, 0]


def watched(
    model: keras.Model, folder: Path, lengths: list[int], every: int = 1
) -> kgrad.GradientMonitor:
    monitor = kgrad.GradientMonitor(
        folder, signs=[], statistics=["all"], reporters=[], time_every=every
    )
    model.fit(
        batches(lengths),
        steps_per_epoch=len(lengths),
        shuffle=False,
        verbose=0,
        callbacks=[monitor],
    )
    return monitor


def numbers(samples: tuple[Sample, ...]) -> list[Any]:
    """All that samples hold, to be compared."""
    return [
        (
            sample.step,
            [(p.layer, p.state, p.norm.tolist()) for p in sample.profiles],
            [(a.layer, dict(a.values)) for a in sample.activities],
        )
        for sample in samples
    ]


def test_samples_come_at_the_first_step_and_every_so_many_after(
    tmp_path: Path,
) -> None:
    model = model_of(layers.SimpleRNN(2, name="rnn"))
    model.compile("sgd", "mse")
    monitor = watched(model, tmp_path, [4] * 8, every=3)
    history = monitor.history
    assert [sample.step for sample in history.samples] == [1, 4, 7]
    norm, steps, profiles = history.time_profiles("rnn")
    assert norm.shape == (3, 4)
    assert list(steps) == [1, 4, 7]
    assert [profile.step for profile in profiles] == [1, 4, 7]
    loaded = kgrad.RunHistory.load(tmp_path).samples
    assert numbers(loaded) == numbers(history.samples)


def test_a_model_that_is_not_built_is_sampled_from_its_second_step_on(
    tmp_path: Path,
) -> None:
    model = keras.Sequential([layers.LSTM(2, name="rnn"), layers.Dense(1)])
    model.compile("sgd", "mse")
    history = watched(model, tmp_path, [4] * 6, every=3).history
    assert list(history.steps) == [1, 2, 3, 4, 5, 6]
    assert list(history.time_profiles("rnn").steps) == [2, 5]


def test_steps_per_execution_samples_the_last_step_of_an_execution(
    tmp_path: Path,
) -> None:
    found = []
    for several in 1, 2:
        # A layer draws the seeds of its weights when it is made.
        keras.utils.set_random_seed(2)
        model = model_of(layers.SimpleRNN(2, name="rnn"))
        model.compile("sgd", "mse", steps_per_execution=several)
        monitor = watched(model, tmp_path / str(several), [4] * 4)
        found.append(monitor.history.time_profiles("rnn"))
    assert list(found[1].steps) == [2, 4]
    np.testing.assert_allclose(found[1].norm, found[0].norm[[1, 3]], rtol=1e-6)


def test_batches_of_different_lengths_each_have_their_own(
    tmp_path: Path,
) -> None:
    model = model_of(layers.GRU(2, name="rnn"), length=None)
    model.compile(keras.optimizers.SGD(0.0), "mse")
    lengths = [5, 3, 6]
    history = watched(model, tmp_path, lengths).history
    norm, _, profiles = history.time_profiles("rnn")
    assert norm.shape == (3, 6)
    rnn, readout = model.layers
    for row, profile, (x, y) in zip(
        norm, profiles, batches(lengths), strict=True
    ):
        (expected,) = norms_by_hand(
            [rnn], x, lambda o, y=y: tf.reduce_mean((readout(o[0]) - y) ** 2)
        )
        np.testing.assert_allclose(profile.norm, expected[:, 0], rtol=1e-5)
        np.testing.assert_array_equal(row[-len(profile.norm) :], profile.norm)
        assert np.isnan(row[: -len(profile.norm)]).all()


def test_more_than_512_steps_are_binned_by_distance_from_the_end() -> None:
    # h_t = 0.99 h_{t-1} + x_t, and the loss is h_T: dL/dh_t = 0.99^(T - t).
    steps = 2 * BINS + 10
    rnn = layers.SimpleRNN(1, activation="linear")
    model = keras.Sequential([layers.Input((steps, 1)), rnn])
    rnn.set_weights([np.ones((1, 1)), np.full((1, 1), 0.99), np.zeros(1)])
    tap = TimeTap(model, lambda: 1.0)
    with tap.listening():
        backward(model, rnn, np.ones((1, steps, 1), np.float32))
    (profile,) = tap.read(step=1)
    assert profile.stride == 3
    expected = 0.99 ** np.arange(steps)
    bins = [expected[i : i + 3].mean() for i in range(0, steps, 3)]
    np.testing.assert_allclose(profile.norm, bins[::-1], rtol=1e-4)
    assert profile.decay == pytest.approx(-np.log10(0.99), rel=1e-3)
    assert profile.horizon == pytest.approx(2 / -np.log10(0.99), abs=3)


def backward(model: keras.Model, rnn: Any, x: np.ndarray) -> None:
    @tf.function
    def step() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(x, training=True))
        return tape.gradient(loss, rnn.trainable_variables[0].value)

    step()


@pytest.mark.parametrize("gain", [0.1, 10.0])
def test_nothing_underflows_or_overflows_in_the_range_of_float32(
    gain: float,
) -> None:
    # Squares would: they end at 1e-38 where the gradient is 1e-19.
    units, steps = 4, 38
    rnn = layers.SimpleRNN(units, activation="linear")
    model = keras.Sequential([layers.Input((steps, 1)), rnn])
    rnn.set_weights(
        [np.zeros((1, units)), gain * np.eye(units), np.zeros(units)]
    )
    tap = TimeTap(model, lambda: 1.0)
    with tap.listening():
        backward(model, rnn, np.zeros((1, steps, 1), np.float32))
    (profile,) = tap.read(step=1)
    expected = np.sqrt(units) * gain ** np.arange(steps)[::-1]
    np.testing.assert_allclose(profile.norm, expected, rtol=1e-5)


class OwnScan(layers.SimpleRNN):
    """A layer that does not run its scan as Keras does."""

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: Any
    ) -> Any:
        return super().inner_loop(sequences, initial_state, mask, training)


class NoScan(layers.SimpleRNN):
    """A layer that computes something else altogether."""

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: Any = False,
    ) -> Any:
        given = sequences[:, -1] @ self.cell.kernel
        return given @ self.cell.recurrent_kernel + self.cell.bias


@pytest.mark.parametrize("kind", [OwnScan, NoScan])
def test_a_layer_that_cannot_be_tapped_is_named_once_and_the_rest_goes_on(
    kind: type, tmp_path: Path
) -> None:
    model = model_of(
        layers.GRU(2, return_sequences=True, name="rnn"),
        kind(2, name="special"),
    )
    model.compile("sgd", "mse")
    with pytest.warns(RuntimeWarning, match="special") as warned:
        monitor = watched(model, tmp_path, [4] * 3)
    assert len(warned) == 1
    history = monitor.history
    tapped = {p.layer for s in history.samples for p in s.profiles}
    assert tapped == {model.layers[0].path}
    assert history.time_profiles("rnn").norm.all()
    assert len(history.steps) == 3


def test_a_tapped_scan_that_fails_gives_way_to_the_layers_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> Any:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("kgrad.step.scan.tapped", fail)
    model = model_of(layers.GRU(2, name="rnn"))
    model.compile("sgd", "mse")
    with pytest.warns(RuntimeWarning, match="rnn.*on purpose") as warned:
        monitor = watched(model, tmp_path, [4] * 3)
    assert len(warned) == 1
    assert len(monitor.history.steps) == 3
    assert not any(s.profiles for s in monitor.history.samples)
