"""An index into the features of an input is seen in the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import pytest
from keras import layers, ops

from kgrad.session.selected_features import selected_features

FEW = [0, 3]


def stack(*hidden: Any, shape: tuple[int, ...] = (8,), **given: Any) -> Any:
    return keras.Sequential([layers.Input(shape, **given), *hidden])


def of_lambda(function: Callable[[Any], Any]) -> Any:
    return stack(layers.Lambda(function, name="cut"), layers.Dense(1))


def functional(*outputs: Callable[[Any], Any]) -> Any:
    x = layers.Input((8,))
    parts = [layers.Dense(1)(output(x)) for output in outputs]
    return keras.Model(x, parts)


def indexed_twice() -> Any:
    return functional(lambda x: x[:, :3], lambda x: x[:, 3:])


@pytest.mark.parametrize(
    ("function", "kept"),
    [
        (lambda x: x[:, :2], 2),
        (lambda x: x[..., 5:], 3),
        (lambda x: x[:, ::4], 2),
        (lambda x: ops.take(x, FEW, axis=1), None),
        (lambda x: x, None),
        (lambda x: x[:, ::-1], None),
        (lambda x: x[:, :4] + x[:, 4:], None),
        (lambda x: ops.mean(x, axis=-1, keepdims=True), None),
    ],
)
def test_only_code_that_indexes_and_nothing_else_drops(
    function: Callable[[Any], Any], kept: int | None
) -> None:
    found = selected_features(of_lambda(function))
    assert [x[1:] for x in found] == ([] if kept is None else [(kept, 8)])
    assert all(name.endswith("cut") for name, *_ in found)


def test_an_index_in_a_functional_model_has_the_name_of_its_operation() -> None:
    ((name, kept, count),) = selected_features(functional(lambda x: x[:, :2]))
    assert (kept, count) == (2, 8)
    assert name.startswith("get_item")


@pytest.mark.parametrize(
    "model",
    [
        indexed_twice,
        # What is left out here is read there.
        lambda: functional(lambda x: x[:, :2], lambda x: x),
        # The first words, and the last steps.
        lambda: stack(
            layers.Lambda(lambda x: x[:, :2]),
            layers.Embedding(9, 3),
            dtype="int32",
        ),
        lambda: stack(
            layers.Lambda(lambda x: x[:, -1]), layers.Dense(1), shape=(8, 4)
        ),
        lambda: stack(
            layers.Lambda(lambda x: x[:, -2:]),
            layers.Reshape((2, 1)),
            layers.LSTM(3),
        ),
        lambda: keras.Sequential([layers.Dense(1)]),
        lambda: None,
    ],
)
def test_what_is_read_elsewhere_or_chosen_in_time_is_no_feature(
    model: Callable[[], Any],
) -> None:
    assert selected_features(model()) == ()
