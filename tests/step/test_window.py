"""The table in the graph: rows, their order, and what is overwritten."""

from __future__ import annotations

import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.step.targets import layout_of
from kgrad.step.window import Rows, Window, in_order


def window(rows: int = 4) -> Window:
    variable = keras.Variable(np.ones((2, 3)), name="weights")
    return Window(layout_of(None, [variable]), statistics=2, rows=rows)


def write(table: Window, step: int, complete: bool | None = None) -> None:
    table.write(
        step=tf.constant(step, tf.int64),
        complete=None if complete is None else tf.constant(complete),
        loss=tf.constant(step / 2),
        learning_rate=tf.constant(0.5),
        skipped=tf.constant(step % 2 == 0),
        values=tf.constant([float(step), -float(step)]),
    )


def test_a_row_is_read_once_and_in_order() -> None:
    table = window()
    for step in (1, 2, 3):
        write(table, step)
    rows = table.read()
    assert rows.steps.tolist() == [1, 2, 3]
    assert rows.loss.tolist() == [0.5, 1.0, 1.5]
    assert rows.learning_rate.tolist() == [0.5] * 3
    assert rows.skipped.tolist() == [False, True, False]
    assert rows.values.tolist() == [[[1, -1]], [[2, -2]], [[3, -3]]]
    assert len(table.read().steps) == 0
    for step in (4, 5):
        write(table, step)
    assert table.read().steps.tolist() == [4, 5]


def test_steps_beyond_the_precision_of_float32_are_exact() -> None:
    table = window()
    for step in (2**24, 2**24 + 1, 2**40 + 3):
        write(table, step)
    assert table.read().steps.tolist() == [2**24, 2**24 + 1, 2**40 + 3]


def test_a_row_that_is_not_complete_is_written_again() -> None:
    table = window()
    write(table, 1, complete=False)
    assert len(table.read().steps) == 0
    write(table, 1, complete=True)
    assert table.read().steps.tolist() == [1]


def test_an_older_row_gives_way() -> None:
    table = window(rows=4)
    for step in range(1, 8):
        write(table, step)
    assert table.read().steps.tolist() == [4, 5, 6, 7]


def rows_of(*steps: int) -> Rows:
    n = len(steps)
    empty = np.zeros(n)
    return Rows(
        np.array(steps),
        loss=empty,
        learning_rate=empty,
        outcome=empty.astype(np.int8),
        limit=empty,
        factor=empty,
        has_loss=empty.astype(bool),
        values=np.zeros((n, 1, 2), "f4"),
    )


def test_several_windows_are_put_into_the_order_of_their_steps() -> None:
    a, b, none = window(), window(), window()
    read = [(a, rows_of(1, 2, 5)), (b, rows_of(3, 4, 6)), (none, rows_of())]
    runs = [(w, rows.steps.tolist()) for w, rows in in_order(read)]
    assert runs == [(a, [1, 2]), (b, [3, 4]), (a, [5]), (b, [6])]


def test_steps_made_faster_than_they_can_be_read_are_told_of(
    tmp_path: Path,
) -> None:
    weights = keras.Variable(np.ones(3), name="weights")
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([weights])
    monitor = kgrad.GradientMonitor(
        tmp_path, window=1, signs=[], statistics=["all"], reporters=[]
    )

    @tf.function
    def many() -> None:
        for _ in tf.range(100):
            optimizer.apply([tf.ones(3)], [weights])

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with monitor.watch(None, optimizer):
            many()
    (warning,) = [w for w in caught if "kgrad" in str(w.message)]
    assert "are missing from the history" in str(warning.message)
    assert monitor.history.steps[-1] == 100


@pytest.mark.parametrize("steps", [1, 7])
def test_no_step_is_lost_when_the_window_is_smaller_than_an_execution(
    steps: int, tmp_path: Path
) -> None:
    x = np.ones((84, 3), np.float32)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=steps)
    monitor = kgrad.GradientMonitor(
        tmp_path, window=2, signs=[], statistics=["all"], reporters=[]
    )
    model.fit(x, x[:, :1], 4, verbose=0, callbacks=[monitor])
    assert list(monitor.history.steps) == list(range(1, 22))
