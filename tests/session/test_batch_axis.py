"""Layers that walk along the batch, and those that only seem to."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from keras import layers, ops

from kgrad.session.batch_axis import batch_as_time

EACH = {"return_sequences": True, "name": "walks"}


def changed(function: Any) -> Any:
    return layers.Lambda(function)


def swapped(x: Any) -> Any:
    return ops.transpose(x, (1, 0, 2))


@pytest.mark.parametrize(
    "last",
    [
        lambda: layers.SimpleRNN(4, **EACH),
        lambda: layers.Bidirectional(
            layers.LSTM(4, return_sequences=True), name="walks"
        ),
        lambda: layers.Conv1D(4, 3, name="walks"),
    ],
)
@pytest.mark.parametrize(
    "first", [swapped, lambda x: ops.reshape(x, (12, -1, 1))]
)
def test_a_layer_whose_second_axis_is_the_batch(first: Any, last: Any) -> None:
    model = keras.Sequential([layers.Input((12, 1)), changed(first), last()])
    (name,) = batch_as_time(model)
    assert name.endswith("walks")


@pytest.mark.parametrize(
    ("shape", "stack"),
    [
        ((12, 1), [layers.GRU(4)]),
        ((12, 3), [layers.Permute((2, 1)), layers.GRU(4)]),
        # There and back again.
        ((12, 1), [changed(swapped), changed(swapped), layers.GRU(4)]),
        # Mixes nothing along the second axis.
        ((12, 3), [changed(swapped), layers.Dense(4)]),
        # Parts of a sample, one after the other.
        (
            (12, 1),
            [changed(lambda x: ops.reshape(x, (-1, 3, 4))), layers.GRU(4)],
        ),
        ((3, 4, 1), [layers.TimeDistributed(layers.GRU(4))]),
        # A batch that is read as one sequence, on purpose.
        ((5,), [changed(lambda x: ops.expand_dims(x, 0)), layers.GRU(4)]),
        # Nobody knows which axis has which length.
        ((None, 1), [changed(swapped), layers.GRU(4)]),
    ],
)
def test_what_only_looks_like_it(
    shape: tuple[int | None, ...], stack: list[Any]
) -> None:
    model = keras.Sequential([layers.Input(shape), *stack])
    assert batch_as_time(model) == ()


def test_without_a_graph_of_layers_nothing_is_known() -> None:
    assert batch_as_time(None) == ()
    assert batch_as_time(keras.Sequential([layers.Dense(2)])) == ()
