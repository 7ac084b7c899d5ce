"""Padding counts nowhere: not in loss, metric, states or statistics."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import zoo
from zoo.layers.cells import CELLS
from zoo.tasks import TASKS
from zoo.tasks.reber import SYMBOLS


def model(cell: str = "gru", variant: str = "base") -> Any:
    return zoo.build("reber", cell=cell, variant=variant, units=4)


def padded(steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Two samples whose first `steps` steps are padding."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, len(SYMBOLS), (2, 60))
    x = np.eye(len(SYMBOLS), dtype=np.float32)[codes]
    x[:, :steps] = 0
    return x, rng.integers(0, len(SYMBOLS), (2, 60))


@pytest.mark.parametrize("cell", CELLS.names)
@pytest.mark.parametrize("variant", ["base", "batchnorm"])
def test_the_loss_is_that_of_the_steps_that_are_there(
    cell: str, variant: str
) -> None:
    x, y = padded(20)
    built = model(cell, variant)
    share = np.asarray(built(x))[:, 20:]
    right = np.take_along_axis(share, y[:, 20:, np.newaxis], axis=2)
    loss = built.evaluate(x, y, verbose=0, return_dict=True)["loss"]
    assert loss == pytest.approx(-np.log(right).mean(), rel=1e-5)


def test_other_answers_to_padding_change_nothing() -> None:
    x, y = padded(20)
    other = y.copy()
    other[:, :20] = (y[:, :20] + 1) % len(SYMBOLS)
    built = model()
    first, second = (
        built.evaluate(x, answers, verbose=0) for answers in (y, other)
    )
    assert first == second


@pytest.mark.parametrize("cell", CELLS.names)
def test_padding_leaves_the_state_alone(cell: str) -> None:
    x, _ = padded(20)
    built = model(cell)
    shorter = zoo.build("reber", cell=cell, units=4, length=40)
    shorter.set_weights(built.get_weights())
    np.testing.assert_allclose(
        np.asarray(built(x))[:, 20:], np.asarray(shorter(x[:, 20:])), atol=1e-6
    )


def test_batch_normalization_takes_its_statistics_without_padding() -> None:
    x, y = padded(20)
    built = model(variant="batchnorm")
    norm = next(
        layer
        for layer in built.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    )
    before = keras.Model(built.inputs[0], built.get_layer("gru").output)
    there = np.asarray(before(x))[:, 20:]
    built.train_on_batch(x, y)
    expected = (1 - norm.momentum) * there.mean(axis=(0, 1))
    np.testing.assert_allclose(
        np.asarray(norm.moving_mean), expected, atol=1e-6
    )


def test_words_are_masked_by_the_embedding() -> None:
    built = zoo.build("imdb", cell="lstm", units=3, length=10)
    assert TASKS["imdb"].masked
    x = np.zeros((1, 10), np.int32)
    x[0, -3:] = [5, 6, 7]
    shorter = zoo.build("imdb", cell="lstm", units=3, length=10)
    shorter.set_weights(built.get_weights())
    alone = keras.Sequential(shorter.layers)
    np.testing.assert_allclose(
        np.asarray(built(x)), np.asarray(alone(x[:, -3:])), atol=1e-6
    )
