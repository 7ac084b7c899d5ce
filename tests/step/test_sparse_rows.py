"""Tables that are trained sparsely: only the rows of a step are read."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.step import sparse_rows as rows

ROWS, UNITS = 50, 3
BATCHES = np.array([[5, 7, 5, 49], [7, 7, 7, 7], [0, 1, 2, 3], [5, 9, 0, 5]])

SPARSE = {
    "SGD": lambda: keras.optimizers.SGD(0.5),
    "SGD, clipnorm": lambda: keras.optimizers.SGD(0.5, clipnorm=0.1),
    "RMSprop": lambda: keras.optimizers.RMSprop(0.1),
    "Adagrad": lambda: keras.optimizers.Adagrad(0.1),
}
DENSE = {
    "Adam": lambda: keras.optimizers.Adam(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "weight decay": lambda: keras.optimizers.SGD(0.1, weight_decay=0.1),
}


def train(optimizer: Any, folder: Path, compiled: bool = True) -> Any:
    """Four steps; the history, and the weights before and after each."""
    start = np.random.default_rng(0).standard_normal((ROWS, UNITS))
    table = keras.Variable(start.astype(np.float32), name="table")
    optimizer.build([table])

    def step(batch: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.gather(table.value, batch) ** 2)
        optimizer.apply(tape.gradient(loss, [table.value]), [table])

    monitor = kgrad.GradientMonitor(
        folder, signs=[], statistics=["all"], reporters=[]
    )
    weights = [table.numpy().astype(np.float64)]
    if compiled:
        step = tf.function(step)
    with monitor.watch(None, optimizer):
        for batch in BATCHES:
            step(tf.constant(batch))
            weights.append(table.numpy().astype(np.float64))
    return monitor.history, weights


def norms(arrays: Any) -> list[float]:
    return [float(np.sqrt((array**2).sum())) for array in arrays]


@pytest.mark.parametrize("name", [*SPARSE, *DENSE])
@pytest.mark.parametrize("recount", [1, 1024])
def test_norms_are_those_of_the_whole_table(
    name: str, recount: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "RECOUNT_STEPS", recount)
    monkeypatch.setattr(rows, "_BLOCK", 8 * UNITS)
    history, weights = train((SPARSE | DENSE)[name](), tmp_path)
    updates = [b - a for a, b in pairwise(weights)]
    for measure, expected in (
        ("weight_norm", norms(weights[:-1])),
        ("update_norm", norms(updates)),
    ):
        np.testing.assert_allclose(
            history[measure][:, 0], expected, rtol=1e-6, err_msg=measure
        )


def test_an_eager_loop_is_measured_in_the_same_way(tmp_path: Path) -> None:
    history, weights = train(SPARSE["SGD"](), tmp_path, compiled=False)
    np.testing.assert_allclose(
        history["weight_norm"][:, 0], norms(weights[:-1]), rtol=1e-6
    )


@pytest.mark.parametrize("name", [*SPARSE, *DENSE])
def test_the_update_itself_shows_which_rows_it_writes(name: str) -> None:
    optimizer = (SPARSE | DENSE)[name]()
    table = keras.Variable(np.ones((ROWS, UNITS)), name="table")
    optimizer.build([table])
    before = [v.numpy() for v in (table, *optimizer.variables)]
    slices = tf.IndexedSlices(tf.ones((2, UNITS)), tf.constant([3, 4]))
    found = rows.changes_touched_rows_only(
        optimizer, table, table.value, slices
    )
    assert found == (name in SPARSE)
    for variable, value in zip(
        (table, *optimizer.variables), before, strict=True
    ):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_what_makes_an_update_dense_is_not_overlooked() -> None:
    table = keras.Variable(np.ones((ROWS, UNITS)), name="table")
    slices = tf.IndexedSlices(tf.ones((2, UNITS)), tf.constant([3, 4]))
    averaged = keras.optimizers.SGD(0.1, use_ema=True)
    averaged.build([table])
    plain = keras.optimizers.SGD(0.1)
    plain.build([table])
    asked = rows.changes_touched_rows_only
    assert not asked(averaged, table, table.value, slices)
    assert not asked(plain, table, table.value, tf.ones((ROWS, UNITS)))
    assert asked(plain, table, table.value, slices)
    table.constraint = keras.constraints.MaxNorm()
    assert not asked(plain, table, table.value, slices)


def test_weights_that_are_set_between_two_fits_are_counted_afresh(
    tmp_path: Path,
) -> None:
    model = keras.Sequential(
        [
            keras.Input((2,), dtype="int32"),
            keras.layers.Embedding(ROWS, UNITS),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    x, y = BATCHES.reshape(-1, 2), np.ones((8, 1))
    model.fit(x, y, 4, verbose=0, callbacks=[monitor])
    model.layers[0].set_weights([np.full((ROWS, UNITS), 2.0)])
    model.fit(x, y, 8, verbose=0, callbacks=[monitor])
    np.testing.assert_allclose(
        monitor.history["weight_norm"][-1, 0], 2 * np.sqrt(ROWS * UNITS)
    )
