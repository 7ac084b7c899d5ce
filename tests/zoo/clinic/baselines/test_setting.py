from __future__ import annotations

import math

import numpy as np
import pytest

from kgrad.records import Output, Plan, Setup
from zoo.clinic.baselines import Scale, Setting


def setup(loss: str, units: int, **plan: object) -> Setup:
    output = Output(activation="", units=units, loss=loss)
    return Setup(outputs=(output,), plan=Plan(**plan))


X = np.array([[0.0, 2.0], [4.0, 6.0]], np.float32)


def test_a_scale_is_that_of_the_finite_numbers() -> None:
    scale = Scale.of(np.array([np.nan, -1.0, 3.0, np.inf]))
    assert scale == Scale(-1.0, 3.0, 1.0, 2.0)
    assert math.isnan(Scale.of(np.array([np.nan])).std)


def test_inputs_and_targets_of_a_regression() -> None:
    y = np.array([[1.0], [3.0]])
    found = Setting.of(
        setup("mean_squared_error", 1),
        X,
        y,
        own_activation="mish",
        first_loss=2.5,
    )
    assert found.inputs == Scale(0.0, 6.0, 3.0, math.sqrt(5))
    assert found.targets == Scale(1.0, 3.0, 2.0, 1.0)
    assert found.first_loss == 2.5
    assert found.outputs[0].activation == "mish"
    assert found.class_counts == ()
    assert not found.has_nan


def test_ids_of_an_embedding_have_no_scale() -> None:
    given = setup("mean_squared_error", 1, vocabulary=(("", 60),))
    found = Setting.of(given, np.array([[1, 59]]), np.ones(1))
    assert math.isnan(found.inputs.maximum)


def test_a_nan_is_seen_and_infinity_is_none() -> None:
    x, given = np.zeros((2, 4, 3)), setup("mean_squared_error", 1)
    x[0, 0, 0] = np.inf
    assert not Setting.of(given, x, np.ones(2)).has_nan
    x[1, 2, 2] = np.nan
    assert Setting.of(given, x, np.ones(2)).has_nan


@pytest.mark.parametrize(
    ("loss", "units", "labels", "counts"),
    [
        ("sparse_categorical_crossentropy", 3, [0, 2, 2, 0, 0], (3, 2)),
        ("categorical_crossentropy", 2, [[1, 0], [0, 1], [1, 0]], (2, 1)),
        ("binary_crossentropy", 1, [[1], [0], [1]], (1, 2)),
        ("binary_crossentropy", 2, [[1, 0], [1, 1]], ()),
        ("categorical_crossentropy", 1, [0.3, 2.0], ()),
        ("mean_squared_error", 1, [0, 1, 1], ()),
    ],
)
def test_classes_are_counted_where_they_exclude_each_other(
    loss: str, units: int, labels: list[object], counts: tuple[int, ...]
) -> None:
    y = np.array(labels, float)
    found = Setting.of(setup(loss, units), np.zeros((len(y), 1)), y)
    assert found.class_counts == counts
