"""What every task promises; a new task is tested by being there."""

from __future__ import annotations

import math
import re
from typing import Any, get_args

import numpy as np
import pytest

from zoo.layers.cells import CELLS
from zoo.tasks import TASKS, Task
from zoo.tasks.data import Split

SPLITS = get_args(Split)

OFFLINE = [task for task in TASKS if task.offline]

LONG = ("chorales",)
"""Reads four hundred scores first."""

every_task = pytest.mark.parametrize(
    "task",
    [
        pytest.param(t, marks=pytest.mark.full if t.name in LONG else [])
        for t in OFFLINE
    ],
    ids=lambda task: task.name,
)


def most(task: Task, split: str, wanted: int) -> int:
    there = task.available.get(split, wanted)
    if task.carved and split == "train":
        there -= task.available["validation"]
    return min(wanted, there)


def samples(x: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in x}


def counted(task: Task, y: np.ndarray) -> np.ndarray:
    """The answers that the metric counts."""
    return y[:, slice(*task.tested)] if task.every_step else y


def right_with_a_constant(
    task: Task, train: np.ndarray, test: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    answer = np.bincount(counted(task, train).ravel()).argmax()
    right: np.ndarray = counted(task, test[1]) == answer
    return right.reshape(len(right), -1).mean(axis=1)


def squared_error_of_a_constant(
    task: Task, train: np.ndarray, test: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    return np.ravel((test[1] - train.mean()) ** 2)


def bits_by_frequency(
    task: Task, train: np.ndarray, test: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    share = np.bincount(train.ravel(), minlength=task.outputs) / train.size
    return -np.log2(share[test[1]]).mean(axis=1)


def nats_by_frequency(
    task: Task, train: np.ndarray, test: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    # Some note sounds at every step that is not padding.
    often = train[train.any(axis=2)].mean(axis=0)
    sounds = test[1][test[1].any(axis=2)]
    share = np.where(sounds, often, 1 - often)
    return -np.log(share.clip(1e-7)).sum(axis=1)


def error_if_nothing_changes(
    task: Task, train: np.ndarray, test: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    x, y = test
    squared = (y - x[:, -1]) ** 2 / train.var()
    # The mean of these is its root.
    return np.ravel(squared / math.sqrt(squared.mean()))


GUESSES = {
    "accuracy": right_with_a_constant,
    "recall_accuracy": right_with_a_constant,
    "mse": squared_error_of_a_constant,
    "nrmse": error_if_nothing_changes,
    "bits_per_character": bits_by_frequency,
    "nll": nats_by_frequency,
}


@every_task
def test_samples_have_the_promised_shape_and_type(task: Task) -> None:
    for split in SPLITS:
        size = most(task, split, 20)
        x, y = task.data(split, size)
        if task.vocabulary:
            assert x.shape == (size, task.length)
            assert x.dtype == np.int32
            assert x.min() >= 0
            assert x.max() < task.vocabulary
        else:
            assert x.shape == (size, task.length, task.features)
            assert x.dtype == np.float32
        assert np.isfinite(x).all()
        assert len(y) == size
        assert not task.every_step or y.shape[:2] == (size, task.length)
        assert np.isfinite(y).all()


@every_task
def test_only_masked_samples_have_padding_and_only_in_front(
    task: Task,
) -> None:
    x, _ = task.data("train", most(task, "train", 200))
    there = x != 0 if task.vocabulary else x.any(axis=2)
    assert there[:, -1].all() or not task.masked
    padded = ~there & (np.cumsum(there, axis=1) == 0)
    if task.masked:
        assert padded.any()
        np.testing.assert_array_equal(there, ~padded)


@every_task
def test_answers_fit_the_last_layer(task: Task) -> None:
    _, y = task.data("train", most(task, "train", 1000))
    if task.loss == "sparse_categorical_crossentropy":
        assert y.dtype.kind == "i"
        assert y.ndim == 1 + task.every_step
        assert set(y.ravel()) == set(range(task.outputs))
    else:
        steps = (task.length,) * task.every_step
        assert y.shape[1:] == (*steps, task.outputs)
        assert y.dtype == np.float32
        if task.loss == "binary_crossentropy":
            assert set(np.unique(y)) == {0, 1}


@every_task
def test_the_same_arguments_give_the_same_samples(task: Task) -> None:
    for split in SPLITS:
        size = most(task, split, 30)
        first, again = (task.data(split, size, seed=3) for _ in range(2))
        for a, b in zip(first, again, strict=True):
            np.testing.assert_array_equal(a, b)


@every_task
def test_another_seed_gives_other_samples_but_the_same_test(
    task: Task,
) -> None:
    train = [task.data("train", 30, seed=seed)[0] for seed in (0, 1)]
    test = [task.data("test", 30, seed=seed)[0] for seed in (0, 1)]
    assert not np.array_equal(*train)
    np.testing.assert_array_equal(*test)


@every_task
def test_no_sample_is_in_two_splits(task: Task) -> None:
    train, validation, test = (
        samples(task.data(split, most(task, split, 2000))[0])
        for split in SPLITS
    )
    assert not train & validation
    assert not train & test
    assert not validation & test


@every_task
def test_chance_is_what_the_best_constant_answer_gets(task: Task) -> None:
    size = 10_000 if task.features < 100 else 2000
    _, train = task.data("train", most(task, "train", size))
    test = task.data("test", most(task, "test", size))
    scores = GUESSES[task.metric](task, train, test)
    noise = scores.std() / math.sqrt(len(scores))
    # Written to three digits.
    slack = float(3 * noise) + 0.0005
    assert scores.mean() == pytest.approx(task.chance, abs=slack)


def test_solved_is_better_than_chance_and_nan_has_failed() -> None:
    for task in TASKS:
        assert (task.solved > task.chance) == task.higher_is_better
        assert task.is_solved(task.solved)
        assert not task.is_solved(task.chance)
        assert task.verdict(task.solved) == "solved"
        assert task.verdict((task.chance + task.solved) / 2) == "learns"
        assert task.verdict(task.chance) == "fails"
        assert task.verdict(math.nan) == "fails"


def test_the_lag_is_within_the_sequence() -> None:
    for task in TASKS:
        for length in {*task.lengths, task.length, *task.longer}:
            assert 0 <= task.lag(length) < length


@every_task
def test_it_exists_at_every_length_that_it_is_tested_at(task: Task) -> None:
    assert task.length not in task.longer
    for length in task.longer:
        x, y = task.data("test", 10, length=length)
        assert x.shape[1] == y.shape[1] == length


@pytest.mark.parametrize(
    "task",
    [task for task in TASKS if task.every_step and not task.masked],
    ids=lambda task: task.name,
)
def test_an_answer_at_every_step_does_not_depend_on_later_input(
    task: Task,
) -> None:
    x, y = task.data("train", 2000, length=task.lengths[0])
    # What is the same up to the end has the same answer there, unless
    # the answer is the next input.
    half = task.lengths[0] // 2
    known: dict[bytes, set[int]] = {}
    for sample, answer in zip(x[:, :half], y[:, half - 1], strict=True):
        known.setdefault(sample.tobytes(), set()).add(int(answer))
    guesses = task.metric == "bits_per_character"
    assert (max(map(len, known.values())) > 1) == guesses


@every_task
def test_a_sample_can_be_looked_at(task: Task) -> None:
    text = task.sample(seed=1)
    assert text == task.sample(seed=1)
    assert text != task.sample(seed=2)
    assert "answer" in text or "odd" in text or "open" in text
    assert len(text.splitlines()) > 1
    assert max(map(len, text.splitlines())) <= 80
    assert task.sample(seed=1, length=task.lengths[0])


def test_each_says_what_it_is_and_where_it_comes_from() -> None:
    for task in TASKS:
        assert task.version >= 1
        assert task.definition
        assert re.search("doi:|arXiv:|aclanthology", task.source)
        assert set(task.recipe_by_cell) <= set(CELLS.names)


def test_each_refuses_what_it_does_not_have() -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"split": "exam", "size": 1}, "`split` must be one of"),
        ({"split": "train", "size": 0}, "`size` must be"),
        ({"split": "train", "size": 1, "length": 1}, "`length` must be from"),
        ({"split": "train", "size": 1, "length": 10**6}, "`length` must be"),
    ]
    for task in TASKS:
        for arguments, message in wrong:
            with pytest.raises(ValueError, match=message) as error:
                task.data(**arguments)
            assert "Received: " in str(error.value)
        for split, available in task.available.items():
            with pytest.raises(ValueError, match=f"from 1 to {available}"):
                task.data(split, available + 1)  # type: ignore[arg-type]
