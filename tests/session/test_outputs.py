"""What every output is said to be, of models made in many ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import pytest
from keras import layers

from kgrad.records import Output
from kgrad.session.outputs import outputs_of


def _sequence(*end: Any) -> keras.Model:
    return keras.Sequential([layers.Input((5, 4)), *end])


def _functional(end: Callable[[Any], Any]) -> keras.Model:
    x = layers.Input((5, 4))
    return keras.Model(x, end(layers.Dense(3)(x)))


ENDS: dict[str, tuple[Callable[[], keras.Model], str, int]] = {
    "dense": (lambda: _sequence(layers.Dense(3, "sigmoid")), "sigmoid", 3),
    "none": (lambda: _sequence(layers.Dense(3)), "linear", 3),
    "separate": (
        lambda: _sequence(layers.Dense(3), layers.Activation("tanh")),
        "tanh",
        3,
    ),
    "softmax layer": (
        lambda: _sequence(layers.Dense(3), layers.Softmax()),
        "softmax",
        3,
    ),
    "relu layer": (
        lambda: _sequence(layers.Dense(3), layers.ReLU()),
        "relu",
        3,
    ),
    "leaky": (
        lambda: _sequence(layers.Dense(3), layers.LeakyReLU()),
        "leaky_relu",
        3,
    ),
    "cast at the end": (
        lambda: _sequence(
            layers.Dense(3, "softmax"), layers.Activation("linear")
        ),
        "softmax",
        3,
    ),
    "reshaped": (
        lambda: _sequence(
            layers.Dense(3, "relu"), layers.Dropout(0.1), layers.Flatten()
        ),
        "relu",
        15,
    ),
    "lstm": (lambda: _sequence(layers.LSTM(3)), "tanh", 3),
    "relu lstm": (lambda: _sequence(layers.LSTM(3, "relu")), "relu", 3),
    "both ways": (
        lambda: _sequence(layers.Bidirectional(layers.GRU(3))),
        "tanh",
        6,
    ),
    "added both ways": (
        lambda: _sequence(
            layers.Bidirectional(layers.GRU(3), merge_mode="sum")
        ),
        "",
        3,
    ),
    "cells": (
        lambda: _sequence(
            layers.RNN([layers.GRUCell(2), layers.GRUCell(3, "relu")])
        ),
        "relu",
        3,
    ),
    "at each step": (
        lambda: _sequence(layers.TimeDistributed(layers.Dense(3, "softmax"))),
        "softmax",
        3,
    ),
    "separate at each step": (
        lambda: _sequence(
            layers.Dense(3), layers.TimeDistributed(layers.Activation("relu"))
        ),
        "relu",
        3,
    ),
    "normalized": (
        lambda: _sequence(layers.Dense(3, "relu"), layers.BatchNormalization()),
        "linear",
        3,
    ),
    "operation": (lambda: _functional(keras.ops.sigmoid), "sigmoid", 3),
    "function": (lambda: _functional(keras.activations.tanh), "tanh", 3),
    "squeezed": (
        lambda: _functional(lambda d: keras.ops.sigmoid(d)[:, -1, 0]),
        "sigmoid",
        1,
    ),
    "scaled": (lambda: _functional(lambda d: keras.ops.tanh(d) * 9), "", 3),
    "own function": (
        lambda: _sequence(layers.Dense(3, activation=lambda x: x * 2)),
        "",
        3,
    ),
    "beside each other": (
        lambda: _functional(
            lambda d: layers.Concatenate()([keras.ops.tanh(d)] * 2)
        ),
        "tanh",
        6,
    ),
    "a model inside": (
        lambda: _sequence(_functional(lambda d: layers.Softmax()(d))),
        "softmax",
        3,
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_last_activation_is_named(end: str) -> None:
    make, activation, units = ENDS[end]
    (output,) = outputs_of(make())
    assert (output.activation, output.units) == (activation, units)


def test_of_frames_the_recurrent_activation_counts() -> None:
    frames = layers.Input((4, 8, 8, 1))
    model = keras.Model(frames, layers.ConvLSTM2D(2, 3, name="last")(frames))
    (output,) = outputs_of(model)
    assert (output.activation, output.units) == ("tanh", 2)
    assert output.layer.endswith("last")


def test_before_it_is_built_a_sequence_is_known_as_well() -> None:
    model = keras.Sequential([layers.Dense(3, name="last"), layers.Softmax()])
    assert outputs_of(model) == (
        Output(layer="last", activation="softmax", units=3),
    )


def _own(y: Any, p: Any) -> Any:
    return keras.ops.mean((y - p) ** 2)


class _Own(keras.losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return _own(y_true, y_pred)


LOSSES: list[tuple[Any, str, bool | None]] = [
    ("mse", "mean_squared_error", None),
    (keras.losses.MeanSquaredError(), "mean_squared_error", None),
    (keras.losses.Huber(), "huber", None),
    ("binary_crossentropy", "binary_crossentropy", False),
    (keras.losses.BinaryCrossentropy(True), "binary_crossentropy", True),
    (
        keras.losses.sparse_categorical_crossentropy,
        "sparse_categorical_crossentropy",
        False,
    ),
    (
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "sparse_categorical_crossentropy",
        True,
    ),
    (
        keras.losses.CategoricalCrossentropy(),
        "categorical_crossentropy",
        False,
    ),
    (keras.losses.CTC(), "ctc", True),
    (keras.losses.KLDivergence(), "kl_divergence", None),
    (_own, "", None),
    (_Own(), "", None),
    (None, "", None),
]


@pytest.mark.parametrize(("loss", "name", "logits"), LOSSES)
def test_the_loss_is_named(loss: Any, name: str, logits: bool | None) -> None:
    model = _sequence(layers.Dense(3))
    model.compile("sgd", loss, metrics=["acc", keras.metrics.AUC(name="x")])
    (output,) = outputs_of(model)
    assert (output.loss, output.from_logits) == (name, logits)
    assert output.metrics == ("acc", "auc")


@pytest.mark.parametrize("by_name", [False, True])
def test_every_output_has_its_own(by_name: bool) -> None:
    x = layers.Input((4,))
    a = layers.Dense(1, "sigmoid", name="b")(x)
    b = layers.Dense(3, "softmax", name="a")(x)
    model = keras.Model(x, [a, b])
    losses: Any = ["binary_crossentropy", "mae"]
    metrics: Any = [["accuracy"], None]
    if by_name:
        losses = {"b": losses[0], "a": losses[1]}
        metrics = {"b": metrics[0]}
    model.compile("sgd", losses, metrics=metrics)
    first, second = outputs_of(model)
    assert (first.name, first.activation, first.loss, first.metrics) == (
        "b",
        "sigmoid",
        "binary_crossentropy",
        ("accuracy",),
    )
    assert (second.name, second.activation, second.loss, second.metrics) == (
        "a",
        "softmax",
        "mean_absolute_error",
        (),
    )


def test_outputs_in_a_dictionary_are_sorted_as_keras_sorts_them() -> None:
    x = layers.Input((4,))
    ends = {"z": layers.Dense(1)(x), "a": layers.Dense(2, "relu")(x)}
    first, second = outputs_of(keras.Model(x, ends))
    assert (first.name, first.activation, first.units) == ("a", "relu", 2)
    assert (second.name, second.activation, second.units) == ("z", "linear", 1)


def test_of_a_subclassed_model_what_was_compiled_is_known() -> None:
    class Own(keras.Model):
        pass

    model = Own()
    model.compile("sgd", "mse", metrics=["mae"])
    assert outputs_of(model) == (
        Output(loss="mean_squared_error", metrics=("mae",)),
    )
    assert outputs_of(None) == ()


@pytest.mark.parametrize(
    ("given", "weights"),
    [
        (None, (1.0, 1.0)),
        ([0.5, 2], (0.5, 2.0)),
        ({"b": 3.0, "a": 0.25}, (0.25, 3.0)),
    ],
)
def test_what_the_loss_of_an_output_is_multiplied_by(
    given: object, weights: tuple[float, float]
) -> None:
    x = layers.Input((4,))
    ends = {"a": layers.Dense(1)(x), "b": layers.Dense(2)(x)}
    model = keras.Model(x, ends)
    model.compile("sgd", {"a": "mse", "b": "mse"}, loss_weights=given)
    if isinstance(given, list):
        model = keras.Model(x, list(ends.values()))
        model.compile("sgd", ["mse", "mse"], loss_weights=given)
    assert tuple(output.weight for output in outputs_of(model)) == weights


@pytest.mark.parametrize("given", [1e-5, [1e-5]])
def test_a_single_loss_has_a_weight_too(given: object) -> None:
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse", loss_weights=given)
    (output,) = outputs_of(model)
    assert output.weight == 1e-5
