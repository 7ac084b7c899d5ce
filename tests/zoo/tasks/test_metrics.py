from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import pytest

from zoo.tasks import TASKS, metrics

RNG = np.random.default_rng(0)
ANSWERS = RNG.integers(0, 5, (7, 6))
SHARES = RNG.dirichlet(np.ones(5), (7, 6)).astype(np.float32)


def measured(metric: Any, y: np.ndarray, share: np.ndarray) -> float:
    # In two batches.
    metric.update_state(y[:4], share[:4])
    metric.update_state(y[4:], share[4:])
    return float(metric.result())


@pytest.mark.parametrize(
    ("start", "stop"), [(None, None), (-2, None), (-2, -1), (1, 4)]
)
def test_recall_accuracy_counts_the_steps_it_was_told(
    start: int | None, stop: int | None
) -> None:
    metric = metrics.RecallAccuracy(start, stop)
    right = (SHARES.argmax(axis=2) == ANSWERS)[:, start:stop].mean()
    assert measured(metric, ANSWERS, SHARES) == pytest.approx(right)


def test_recall_accuracy_takes_weights_by_step_and_by_sample() -> None:
    right = (SHARES.argmax(axis=2) == ANSWERS)[:, 2:]
    by_step = RNG.random((7, 6)).astype(np.float32)
    metric = metrics.RecallAccuracy(2)
    metric.update_state(ANSWERS, SHARES, by_step)
    expected = np.average(right, weights=by_step[:, 2:])
    assert float(metric.result()) == pytest.approx(expected)
    metric.reset_state()
    metric.update_state(ANSWERS, SHARES, by_step[:, 0])
    expected = np.average(right.mean(axis=1), weights=by_step[:, 0])
    assert float(metric.result()) == pytest.approx(expected)


def test_bits_are_the_cross_entropy_to_base_two() -> None:
    share = np.take_along_axis(SHARES, ANSWERS[..., np.newaxis], axis=2)
    assert measured(metrics.BitsPerCharacter(), ANSWERS, SHARES) == (
        pytest.approx(-np.log2(share).mean(), rel=1e-5)
    )


def test_bits_of_a_guess_among_five_are_log_5() -> None:
    even = np.full((7, 6, 5), 0.2, np.float32)
    assert measured(metrics.BitsPerCharacter(), ANSWERS, even) == (
        pytest.approx(math.log2(5), rel=1e-5)
    )


def nats(y: np.ndarray, share: np.ndarray) -> np.ndarray:
    return -np.log(np.where(y, share, 1 - share)).sum(axis=-1)


def test_nll_adds_up_the_notes_of_a_step() -> None:
    sounds = RNG.integers(0, 2, SHARES.shape).astype(np.float32)
    assert measured(metrics.NegativeLogLikelihood(), sounds, SHARES) == (
        pytest.approx(nats(sounds, SHARES).mean(), rel=1e-5)
    )


def test_nll_leaves_out_padding() -> None:
    x = RNG.random((7, 6, 3)).astype(np.float32)
    # Batches of 4 and 3 with unlike numbers of steps.
    padding = np.arange(6) < np.array([5, 5, 4, 3, 0, 1, 0])[:, np.newaxis]
    x[padding] = 0
    sounds = RNG.integers(0, 2, (7, 6, 4)).astype(np.float32)
    model = keras.Sequential(
        [
            keras.layers.Masking(),
            keras.layers.GRU(3, return_sequences=True),
            keras.layers.Dense(4, "sigmoid"),
        ]
    )
    model.compile(
        loss="binary_crossentropy", metrics=[metrics.NegativeLogLikelihood()]
    )
    found = model.evaluate(
        x, sounds, batch_size=4, verbose=0, return_dict=True
    )["nll"]
    steps = nats(sounds, np.asarray(model(x)))
    assert found == pytest.approx(steps[~padding].mean(), rel=1e-5)
    assert found != pytest.approx(steps.mean(), rel=1e-3)


def test_nrmse_is_the_root_over_all_batches() -> None:
    y, guess = RNG.standard_normal((2, 7, 1)).astype(np.float32)
    metric = metrics.metric_of(TASKS["mackey_glass"])
    assert metric.name == "nrmse"
    expected = np.sqrt(np.mean((y - guess) ** 2))
    assert measured(metric, y, guess) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("task", list(TASKS), ids=lambda task: task.name)
def test_the_metric_has_the_name_that_the_task_says(task: Any) -> None:
    metric = metrics.metric_of(task)
    assert getattr(metric, "name", metric) == task.metric


@pytest.mark.parametrize(
    ("metric", "answers"),
    [
        (metrics.RecallAccuracy(-2, -1), ANSWERS),
        (metrics.BitsPerCharacter(), ANSWERS),
        (metrics.NegativeLogLikelihood(), SHARES.round()),
    ],
    ids=["recall_accuracy", "bits_per_character", "nll"],
)
def test_a_metric_survives_serialisation(
    metric: Any, answers: np.ndarray
) -> None:
    config = keras.saving.serialize_keras_object(metric)
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is type(metric)
    assert measured(again, answers, SHARES) == (
        measured(metric, answers, SHARES)
    )


def test_of_a_forecast_the_mean_is_the_guess_and_of_others_their_chance() -> (
    None
):
    for task in TASKS:
        if task.metric != "nrmse":
            assert metrics.guessing(task) == task.chance
            continue
        assert metrics.guessing(task) > task.chance
        _, y = task.data("train", 150)
        assert np.std(y) == pytest.approx(metrics.guessing(task), abs=0.15)
