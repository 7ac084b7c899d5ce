"""What every task promises; a new task is tested by being there."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
import pytest

from zoo.tasks import TASKS, Task
from zoo.tasks.base import Split

SPLITS = get_args(Split)

every_task = pytest.mark.parametrize(
    "task", list(TASKS), ids=lambda task: task.name
)
every_split = pytest.mark.parametrize("split", SPLITS)


def most(task: Task, split: str, wanted: int) -> int:
    return min(wanted, task.available.get(split, wanted))


def samples(x: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in x}


def right_with_a_constant(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    return test == np.bincount(train).argmax()


def squared_error_of_a_constant(
    train: np.ndarray, test: np.ndarray
) -> np.ndarray:
    return (test - train.mean()) ** 2


GUESSES = {
    "accuracy": right_with_a_constant,
    "mse": squared_error_of_a_constant,
}


@every_task
@every_split
def test_samples_have_the_promised_shape_and_type(
    task: Task, split: Split
) -> None:
    x, y = task.data(split, 20)
    assert x.shape == (20, task.length, task.features)
    assert x.dtype == np.float32
    assert np.isfinite(x).all()
    assert len(y) == 20
    assert np.isfinite(y).all()


@every_task
def test_answers_fit_the_last_layer(task: Task) -> None:
    _, y = task.data("train", most(task, "train", 1000))
    if task.loss == "sparse_categorical_crossentropy":
        assert y.dtype.kind == "i"
        assert set(y) == set(range(task.outputs))
    else:
        assert y.shape[1:] == (task.outputs,)
        assert y.dtype == np.float32


@every_task
@every_split
def test_the_same_arguments_give_the_same_samples(
    task: Task, split: Split
) -> None:
    for a, b in zip(
        task.data(split, 30, seed=3),
        task.data(split, 30, seed=3),
        strict=True,
    ):
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
    _, train = task.data("train", most(task, "train", 20_000))
    _, test = task.data("test", most(task, "test", 20_000))
    scores = GUESSES[task.metric](train, test)
    noise = scores.std() / math.sqrt(len(scores))
    assert scores.mean() == pytest.approx(task.chance, abs=float(3 * noise))


@every_task
def test_solved_is_better_than_chance(task: Task) -> None:
    assert (task.solved > task.chance) == task.higher_is_better
    assert task.is_solved(task.solved)
    assert not task.is_solved(task.chance)
    assert task.verdict(task.solved) == "solved"
    assert task.verdict((task.chance + task.solved) / 2) == "learns"
    assert task.verdict(task.chance) == "fails"


@every_task
def test_a_metric_that_is_not_a_number_has_failed(task: Task) -> None:
    assert task.verdict(math.nan) == "fails"


@every_task
def test_it_says_what_it_is_and_where_it_comes_from(task: Task) -> None:
    assert type(task).__module__ == f"zoo.tasks.{task.name}"
    assert task.version >= 1
    assert task.definition
    assert "doi:" in task.source or "arXiv:" in task.source


@every_task
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": "exam", "size": 1}, "`split` must be one of"),
        ({"split": "train", "size": 0}, "`size` must be"),
        ({"split": "train", "size": 1, "length": 1}, "`length` must be from"),
    ],
)
def test_it_refuses_what_it_does_not_have(
    task: Task, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as error:
        task.data(**arguments)
    assert "Received: " in str(error.value)


@every_task
def test_it_refuses_more_samples_than_there_are(task: Task) -> None:
    for split, available in task.available.items():
        with pytest.raises(ValueError, match=f"from 1 to {available}"):
            task.data(split, available + 1)  # type: ignore[arg-type]
