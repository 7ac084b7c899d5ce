"""`kgrad.check` on real models: what it finds, and that it leaves no trace."""

from __future__ import annotations

import html
import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

import kgrad
from kgrad.checking.check_report import CheckReport
from kgrad.records import Behavior, DataSummary, Setup
from tests.reporters.made import REMEDY, finding

RNG = np.random.default_rng(0)
N = 96
X = RNG.normal(size=(N, 12, 3)).astype("float32")
Y = (X[:, -1, 0] > 0).astype("float32")
FLAT = X[:, 0]
NUMBERS = FLAT @ np.array([1.0, 2.0, -1.0], dtype="float32")
IDS = RNG.integers(0, 50, (N, 12)).astype("int32")

SPARSE = "sparse_categorical_crossentropy"


def compiled(
    *stack: Any, loss: Any = "mse", optimizer: Any = "adam"
) -> keras.Model:
    model = keras.Sequential([*stack])
    model.compile(optimizer, loss, metrics=["mae"])
    return model


def everything() -> keras.Model:
    """A model of all that can be changed by a call of it."""
    keras.utils.set_random_seed(3)
    return compiled(
        keras.Input(batch_shape=(32, 12, 3)),
        layers.GaussianNoise(0.1),
        layers.LSTM(8, return_sequences=True, dropout=0.1),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
        layers.LSTM(8, stateful=True),
        layers.Dense(1, activation="sigmoid", activity_regularizer="l2"),
        loss="binary_crossentropy",
    )


def unbuilt() -> keras.Model:
    keras.utils.set_random_seed(3)
    return compiled(layers.LSTM(8, dropout=0.1), layers.Dense(1))


def rules(report: kgrad.checking.CheckReport) -> list[str]:
    return [finding.rule for finding in report]


def state(model: keras.Model) -> list[Any]:
    generator = global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
    rnn = [
        s
        for layer in model.layers
        for s in getattr(layer, "states", None) or []
    ]
    return [
        *(np.asarray(v) for v in (*model.variables, *model.metrics_variables)),
        *(np.asarray(s) for s in rnn if s is not None),
        [v.numpy() for v in model.optimizer.variables],
        None if generator is None else generator.state.numpy(),
        random.getstate(),
        np.random.get_state()[1],
    ]


@pytest.mark.parametrize(
    "deep", [False, pytest.param(True, marks=pytest.mark.full)]
)
def test_nothing_is_left_behind(deep: bool) -> None:
    model = everything()
    before = state(model)
    kgrad.check(model, X, Y, deep=deep)
    after = state(model)
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        np.testing.assert_equal(old, new)
    assert not model.losses
    assert not model.optimizer.built


@pytest.mark.parametrize("build", [everything, unbuilt])
def test_training_goes_on_to_the_same_bits(
    build: Callable[[], keras.Model],
) -> None:
    def weights(checked: bool) -> Any:
        model = build()
        for _ in range(2):
            if checked:
                kgrad.check(model, X, Y, epochs=2, batch_size=32)
            model.fit(X, Y, batch_size=32, epochs=2, verbose=0)
        return np.concatenate([w.ravel() for w in model.get_weights()])

    assert (weights(True) == weights(False)).all()


def test_a_healthy_model_is_told_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    model = compiled(
        layers.LSTM(8),
        layers.Dense(1, activation="sigmoid"),
        loss="binary_crossentropy",
    )
    report = kgrad.check(model, X, Y, lag=11, epochs=20)
    assert not report
    assert repr(report) == "kgrad.check: nothing found"
    assert capfd.readouterr() == ("", "")
    assert report.behavior.influences[0].steps[0] > 0
    assert report.setup.plan.updates == 60


def test_a_report_reads_as_text() -> None:
    model = compiled(layers.Dense(4, activation="sigmoid"), layers.Dense(1))
    report = kgrad.check(model, FLAT, NUMBERS * 1e5)
    assert len(report) == 1
    text = repr(report)
    assert text.startswith("kgrad.check: 1 finding\n\n1. The targets have mean")
    assert "y = (y " in text
    shown = report._repr_html_()
    assert "<h3>kgrad.check: 1 finding</h3>" in shown
    for remedy in report.findings[0].remedies:
        assert html.escape(remedy.code) in shown
    # The data in numbers are below.
    for name in ("x", "y", "y_pred"):
        assert f'<td class="text">{name}</td>' in shown


@pytest.mark.parametrize("width", [60, 80])
def test_a_report_fits_the_console(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    said = "`a/b` " + "every word of it stays as it is, " * 9
    made = finding(explanation=said.strip(), remedies=(REMEDY,))
    report = CheckReport(
        (made, made), (made,), Setup(), DataSummary(), Behavior()
    )
    text = repr(report)
    assert max(map(len, text.splitlines())) <= width
    assert " ".join(text.split()).count(made.explanation) == 3
    assert text.count(f"   {REMEDY.code.splitlines()[0]}\n") == 2
    # There is no table where no data were read.
    assert "<table>" not in report._repr_html_()


def softmax_over_samples() -> keras.Model:
    return compiled(
        layers.Flatten(), layers.Dense(2), layers.Softmax(axis=0), loss=SPARSE
    )


def batch_taken_for_time() -> keras.Model:
    x = keras.Input((12, 3))
    h = keras.ops.transpose(x, (1, 0, 2))
    h = keras.ops.transpose(layers.LSTM(4, return_sequences=True)(h), (1, 0, 2))
    model = keras.Model(x, layers.Dense(2, "softmax")(h[:, -1]))
    model.compile("adam", SPARSE)
    return model


class AlwaysDropping(keras.layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.dropout = layers.Dropout(0.5)

    def call(self, x: Any) -> Any:
        return self.dropout(x, training=True)


def dropout_in_inference() -> keras.Model:
    return compiled(
        layers.Flatten(),
        AlwaysDropping(),
        layers.Dense(2, "softmax"),
        loss=SPARSE,
    )


def dropped_feature() -> keras.Model:
    x = keras.Input((12, 3))
    model = keras.Model(
        x, layers.Dense(2, "softmax")(layers.LSTM(4)(x[..., :2]))
    )
    model.compile("adam", SPARSE)
    return model


def last_steps_only() -> keras.Model:
    x = keras.Input((12, 3))
    model = keras.Model(
        x, layers.Dense(2, "softmax")(layers.LSTM(4)(x[:, -3:]))
    )
    model.compile("adam", SPARSE)
    return model


def stopped_gradient() -> keras.Model:
    x = keras.Input((12, 3))
    h = keras.ops.stop_gradient(layers.LSTM(4)(x))
    model = keras.Model(x, layers.Dense(2, "softmax")(h))
    model.compile("adam", SPARSE)
    return model


def dead() -> keras.Model:
    return compiled(
        layers.Flatten(),
        layers.Dense(
            8, "relu", bias_initializer=keras.initializers.Constant(-99)
        ),
        layers.Dense(2, "softmax"),
        loss=SPARSE,
    )


def large_weights() -> keras.Model:
    large = keras.initializers.RandomNormal(0, 20, seed=1)
    return compiled(
        layers.Flatten(),
        layers.Dense(8, "relu", kernel_initializer=large),
        layers.Dense(2, "softmax", kernel_initializer=large),
        loss=SPARSE,
    )


def large_rate() -> keras.Model:
    return compiled(
        layers.Flatten(),
        layers.Dense(32, "relu"),
        layers.Dense(1),
        optimizer=keras.optimizers.SGD(3.0),
    )


@pytest.mark.parametrize(
    ("build", "rule"),
    [
        (softmax_over_samples, "mixed_samples"),
        (batch_taken_for_time, "batch_as_time"),
        (dropout_in_inference, "random_inference"),
        (dropped_feature, "ignored_inputs"),
        (last_steps_only, "ignored_inputs"),
        (stopped_gradient, "no_gradient"),
        (dead, "ignored_inputs"),
        (large_weights, "loss_far_above_guessing"),
        (large_rate, "first_updates"),
    ],
)
def test_what_a_model_does_wrong_is_told(
    build: Callable[[], keras.Model], rule: str
) -> None:
    keras.utils.set_random_seed(1)
    assert rules(kgrad.check(build(), X, Y, lag=11))[:1] == [rule]


def test_a_batch_that_cannot_be_trained_on_is_why() -> None:
    model = compiled(
        layers.Embedding(40, 4),
        layers.LSTM(4),
        layers.Dense(1, "sigmoid"),
        loss="binary_crossentropy",
    )
    assert rules(kgrad.check(model, IDS, Y)) == ["ids_beyond_vocabulary"]
    model = compiled(layers.Flatten(), layers.Dense(2, "softmax"), loss=SPARSE)
    assert rules(kgrad.check(model, X, Y + 1)) == ["label_range"]
    model = compiled(
        layers.Flatten(),
        layers.Dense(2, "softmax"),
        loss="categorical_crossentropy",
    )
    assert rules(kgrad.check(model, X, Y)) == ["sparse_or_one_hot"]


def test_the_first_nan_is_found_among_all_rows() -> None:
    x = FLAT.copy()
    x[70, 2] = np.nan
    report = kgrad.check(compiled(layers.Dense(1)), x, NUMBERS)
    (finding,) = report
    assert finding.rule == "nonfinite_data"
    assert "sample 70, feature 2" in finding.explanation


def test_an_error_of_its_own_is_raised() -> None:
    def loss(y: Any, y_pred: Any) -> Any:
        raise RuntimeError("of mine")

    model = compiled(layers.Flatten(), layers.Dense(1), loss=loss)
    with pytest.raises(RuntimeError, match="of mine"):
        kgrad.check(model, X, Y)


def test_every_step_of_ids_is_looked_at() -> None:
    model = compiled(
        layers.Embedding(50, 4),
        layers.GRU(4),
        layers.Dense(1, "sigmoid"),
        loss="binary_crossentropy",
    )
    report = kgrad.check(model, IDS, Y, lag=11)
    assert not report
    (influence,) = report.behavior.influences
    assert len(influence.steps) == 12
    assert influence.steps[-1] > influence.steps[0] > 0
    assert influence.effect > 0


class Batches(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 3

    def __getitem__(self, i: int) -> Any:
        return X[i * 32 : i * 32 + 32], Y[i * 32 : i * 32 + 32] + 1


@pytest.mark.parametrize(
    "data",
    [
        (X, Y + 1),
        (tf.constant(X), tf.constant(Y + 1)),
        (tf.data.Dataset.from_tensor_slices((X, Y + 1)).batch(20),),
        (Batches(),),
        (X.tolist(), (Y + 1).tolist()),
    ],
)
def test_all_that_fit_takes_is_taken(data: tuple[Any, ...]) -> None:
    model = compiled(layers.Flatten(), layers.Dense(2, "softmax"), loss=SPARSE)
    if isinstance(data[0], list):
        data = (np.asarray(data[0], "float32"), data[1])
    report = kgrad.check(model, *data)
    assert rules(report) == ["label_range"]


def test_inputs_and_outputs_go_by_their_names() -> None:
    left, right = (
        keras.Input((3,), name="left"),
        keras.Input((3,), name="right"),
    )
    h = layers.Dense(8)(left)
    model = keras.Model(
        {"left": left, "right": right},
        {
            "number": layers.Dense(1, name="number")(h),
            "kind": layers.Dense(3, "softmax", name="kind")(h),
        },
    )
    model.compile("adam", {"number": "mse", "kind": SPARSE})
    report = kgrad.check(
        model,
        {"left": FLAT, "right": FLAT + 1},
        {"number": NUMBERS, "kind": 1 + np.arange(N) % 3},
    )
    assert [(f.rule, f.target) for f in report] == [
        ("label_range", 'y["kind"]')
    ]
    report = kgrad.check(
        model,
        {"left": FLAT, "right": FLAT + 1},
        {"number": NUMBERS, "kind": np.arange(N) % 3},
    )
    assert [(f.rule, f.target) for f in report] == [
        ("ignored_inputs", 'x["right"]')
    ]


def test_moving_statistics_that_have_settled_are_left_out() -> None:
    keras.utils.set_random_seed(1)
    model = compiled(
        layers.Dense(8), layers.BatchNormalization(), layers.Dense(1)
    )
    assert rules(kgrad.check(model, FLAT, NUMBERS, epochs=5)) == [
        "moving_statistics"
    ]
    model.fit(FLAT, NUMBERS, epochs=1, verbose=0)
    assert not kgrad.check(model, FLAT, NUMBERS, epochs=5)


@pytest.mark.slow
def test_what_cannot_be_learned_by_heart() -> None:
    def deep(optimizer: Any) -> list[str]:
        keras.utils.set_random_seed(1)
        model = compiled(
            layers.Dense(32, "relu"), layers.Dense(1), optimizer=optimizer
        )
        return rules(kgrad.check(model, FLAT, NUMBERS, deep=True))

    assert not deep("adam")
    assert deep(keras.optimizers.SGD(1e-7)) == ["not_memorized"]


def test_arguments_that_cannot_be() -> None:
    model = compiled(layers.Flatten(), layers.Dense(1))
    with pytest.raises(TypeError, match="epoch"):
        kgrad.check(model, X, Y, epoch=3)
    with pytest.raises(TypeError, match="iterator"):
        kgrad.check(model, iter([(X, Y)]))
    with pytest.raises(ValueError, match="compiled"):
        kgrad.check(keras.Sequential([layers.Dense(1)]), X, Y)


def test_classes_that_are_held_out_as_a_whole_are_told() -> None:
    labels = np.arange(len(X)) % 3
    known = labels < 2
    held_out = X[~known], labels[~known]
    model = compiled(layers.Flatten(), layers.Dense(3, "softmax"), loss=SPARSE)

    def told(**fit: Any) -> list[str]:
        return rules(kgrad.check(model, X[known], labels[known], **fit))

    assert told(epochs=50, validation_data=held_out) == ["untaught_classes"]
    assert told(epochs=50, validation_data=(X, labels)) == ["untaught_classes"]
    assert told(epochs=50, validation_data=(X[known], labels[known])) == []
    assert told(epochs=50) == []
