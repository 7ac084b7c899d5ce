"""What `fit` gets instead of what its caller gave."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import kgrad
from kgrad.records.edits import (
    ChangeFit,
    ChangeTargets,
    FitEdit,
    ShuffleSamples,
    WeighClasses,
)
from kgrad.treatment import NotApplicableError
from kgrad.treatment.fitting import fitting

X = np.arange(12.0).reshape(6, 2)
LABELS = np.array([1, 2, 1, 3, 1, 2])


class Listener(keras.Sequential):
    """A model that keeps what its `fit` got."""

    got: dict[str, Any]

    def fit(self, x: Any = None, y: Any = None, **given: Any) -> None:
        self.got = {"x": x, "y": y, **given}


def got(edits: Sequence[FitEdit], *args: Any, **given: Any) -> dict[str, Any]:
    """What `fit` got of a call, with some edits."""
    model = Listener()
    with fitting(model, edits):
        model.fit(*args, **given)
    assert "fit" not in vars(model)
    return model.got


def test_without_edits_nothing_is_between() -> None:
    given = got([], X, LABELS, epochs=2)
    assert given["x"] is X
    assert given["y"] is LABELS


def test_arguments_are_other_ones() -> None:
    class Model(Listener):
        def fit(
            self, x: Any, y: Any, epochs: int = 1, batch_size: int = 9
        ) -> None:  # type: ignore[override]
            self.got = {"epochs": epochs, "batch_size": batch_size}

    model = Model()
    edit = ChangeFit({"epochs": 20, "batch_size": 32})
    with fitting(model, [edit]):
        model.fit(X, LABELS, 3)
    assert model.got == {"epochs": 20, "batch_size": 32}


def test_a_fit_that_passes_everything_on_is_read_as_that_of_keras() -> None:
    class Model(keras.Sequential):
        def fit(self, *args: Any, **given: Any) -> None:
            self.got = args, given

    model = Model()
    with fitting(model, [ChangeFit({"epochs": 20})]):
        model.fit(X, LABELS, 32, 5)
    args, given = model.got
    assert not args
    assert given["batch_size"] == 32
    assert given["epochs"] == 20


def test_labels_begin_with_0_also_those_of_validation() -> None:
    held_out = (X[:2], LABELS[:2])
    given = got(
        [ChangeTargets(1, is_class=True)], X, LABELS, validation_data=held_out
    )
    np.testing.assert_array_equal(given["y"], LABELS - 1)
    assert given["y"].dtype == np.int32
    x, y = given["validation_data"]
    assert x is held_out[0]
    np.testing.assert_array_equal(y, [0, 1])


def test_divided_labels_are_whole_again_and_not_cut_off() -> None:
    labels = np.arange(10, dtype="float32") / 255
    given = got([ChangeTargets(scale=1 / 255, is_class=True)], X, labels)
    np.testing.assert_array_equal(given["y"], np.arange(10))


def test_targets_are_scaled() -> None:
    given = got([ChangeTargets(2.0, 4.0)], X, np.array([2.0, 10.0]))
    np.testing.assert_array_equal(given["y"], [0.0, 2.0])


def test_samples_are_shuffled_together() -> None:
    x = {"a": X, "b": 10 * X}
    weight = np.arange(6.0)
    given = got([ShuffleSamples()], x, X[:, 0], sample_weight=weight, epochs=3)
    np.testing.assert_array_equal(given["x"]["a"][:, 0], given["y"])
    np.testing.assert_array_equal(given["x"]["b"], 10 * given["x"]["a"])
    np.testing.assert_array_equal(2 * given["sample_weight"], given["y"])
    assert sorted(given["y"]) == sorted(X[:, 0])
    assert given["epochs"] == 3


def test_classes_are_weighed_of_a_sequence_each_step() -> None:
    weights = (0.5, 2.0, 8.0, 16.0)
    given = got([WeighClasses(weights)], X, LABELS)
    assert given["class_weight"] == dict(enumerate(weights))
    steps = LABELS.reshape(2, 3)
    for y in (steps, steps.astype("float32")):
        given = got([WeighClasses(weights, at_each_step=True)], X, y)
        np.testing.assert_array_equal(
            given["sample_weight"], [[2.0, 8.0, 2.0], [16.0, 2.0, 8.0]]
        )
    hot = np.eye(4)[steps]
    given = got([WeighClasses(weights, at_each_step=True)], X, hot)
    assert given["sample_weight"].shape == (2, 3)


def test_what_cannot_be_changed_is_told() -> None:
    classes = WeighClasses((1.0, 2.0))
    with pytest.raises(NotApplicableError, match="given weights already"):
        got([classes], X, LABELS, class_weight={0: 1.0})
    shift = ChangeTargets(1)
    for y in ([LABELS, LABELS], None):
        with pytest.raises(NotApplicableError, match="as one array"):
            got([shift], X, y)
    with (
        pytest.raises(NotApplicableError, match="was not called"),
        fitting(Listener(), [shift]),
    ):
        pass


def test_scaled_targets_are_treated_and_compared_as_they_were(
    tmp_path: Path,
) -> None:
    x = np.random.default_rng(0).normal(size=(256, 3)).astype("float32")
    y = 3e7 + 1e7 * x[:, 0]

    def build() -> keras.Model:
        model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
        return model

    def fit(model: keras.Model, callbacks: list[Any]) -> None:
        model.fit(x, y, 16, epochs=20, verbose=0, callbacks=callbacks)

    runs = kgrad.treat(build, fit, tmp_path, remedies=1, verbose=0)
    untreated, scaled = runs
    assert scaled.name == "scaled targets"
    assert untreated.after > 2e7
    assert 0 < scaled.after < 1e7
    assert scaled.gain > 0.9
    assert runs.best is scaled
