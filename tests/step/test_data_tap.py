"""What a step's data are said to be, against the definition in NumPy."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from kgrad.records import DataSummary, Role, TensorSummary
from kgrad.records.summaries import summarize, summarize_batch
from kgrad.step.data_numbers import numbers_of
from kgrad.step.tensor_layout import layout_of_tensor

RNG = np.random.default_rng(3)
INF, NAN = np.inf, np.nan


def _normal(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype(np.float32)


def _with(array: np.ndarray, *places: tuple[Any, float]) -> np.ndarray:
    array = array.copy()
    for place, value in places:
        array[place] = value
    return array


TENSORS: dict[str, tuple[Role, np.ndarray]] = {
    "features": ("input", _normal(8, 5)),
    "sequences": ("input", _normal(8, 6, 3) * 100 + 5000),
    "frames": ("input", _normal(2, 3, 4, 4, 1)),
    "tokens": ("input", RNG.integers(0, 9, (8, 6))),
    "padded": (
        "input",
        _with(_normal(4, 6, 2), (np.s_[1], 0), (np.s_[2, 4:], 0)),
    ),
    "constant": ("input", np.full((7, 3), 0.1, np.float32)),
    "far from 0": ("input", np.full((7, 3), 3.1e7, np.float32) + _normal(7, 3)),
    "one sample": ("input", _normal(1, 3)),
    "many features": ("input", _normal(3, 1025)),
    "truths": ("input", _normal(8, 3) > 0),
    "nan": ("input", _with(_normal(5, 3), ((2, 1), NAN))),
    "a column of nan": ("input", _with(_normal(5, 3), (np.s_[:, 0], NAN))),
    "infinite": ("input", _with(_normal(5, 3), ((0, 0), INF), ((1, 1), -INF))),
    "nothing finite": ("input", np.full((5, 3), NAN, np.float32)),
    "labels": ("target", RNG.integers(0, 5, 12)),
    "sorted labels": ("target", np.repeat(np.arange(3), 4)),
    "labels as floats": ("target", np.array([[0.0], [2.0], [2.0]], np.float32)),
    "labels of steps": ("target", RNG.integers(0, 3, (4, 6))),
    "negative labels": ("target", np.array([-1, 0, 1])),
    "many labels": ("target", np.array([0, 999, 3])),
    "too many labels": ("target", np.array([0, 1000, 3])),
    "one label": ("target", np.ones(6, np.int32)),
    "one-hot": ("target", np.eye(4, dtype=np.float32)[[0, 0, 3, 1]]),
    "two-hot": ("target", np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])),
    "regression": ("target", _normal(9, 2)),
    "nan labels": ("target", np.array([0.0, NAN, 1.0])),
    "weights": ("sample_weight", np.zeros(6, np.float32)),
    "one unit": ("prediction", RNG.random((9, 1)).astype(np.float32)),
    "one logit": ("prediction", _normal(9, 1)),
    "one unit, one nan": (
        "prediction",
        _with(_normal(9, 1), (np.s_[2], NAN), (np.s_[3], INF)),
    ),
    "one unit, nothing finite": ("target", np.full((4, 1), NAN, np.float32)),
    "one whole unit": ("target", np.array([[0.0], [NAN], [2.0]], np.float32)),
    "classes": ("prediction", _normal(9, 4)),
    "classes of steps": ("prediction", _normal(4, 6, 3)),
    "nan predictions": ("prediction", _with(_normal(9, 4), ((1, 1), NAN))),
    "all alike": ("prediction", np.tile(_normal(1, 4), (6, 1))),
    "flat": ("prediction", RNG.random(9).astype(np.float32)),
    "too many classes": ("prediction", _normal(2, 1001)),
}


def _assert_same(found: TensorSummary, defined: TensorSummary) -> None:
    for name, value in asdict(defined).items():
        got = getattr(found, name)
        if isinstance(value, str | bool | int) or name in (
            "shape",
            "class_counts",
        ):
            assert got == value, name
            continue
        scale = 0.0
        if np.isfinite(defined.maximum):
            scale = max(abs(defined.maximum), abs(defined.minimum))
        np.testing.assert_allclose(
            got, value, rtol=2e-5, atol=3e-7 * scale, err_msg=name
        )


@pytest.mark.parametrize(
    "how",
    ["eager", "graph", pytest.param("XLA", marks=pytest.mark.full)],
)
def test_numbers_are_those_of_the_definition(how: str) -> None:
    layouts, signature = [], []
    for role, array in TENSORS.values():
        tensor = tf.convert_to_tensor(array)
        layout = layout_of_tensor(role, "name", tensor)
        assert layout is not None
        layouts.append(layout)
        signature.append(tf.TensorSpec([None, *array.shape[1:]], tensor.dtype))

    def measure(*tensors: Any) -> list[Any]:
        return list(map(numbers_of, layouts, tensors))

    if how != "eager":
        measure = tf.function(
            measure, input_signature=signature, jit_compile=how == "XLA"
        )
    rows = measure(*(array for _, array in TENSORS.values()))
    for case, layout, row in zip(TENSORS, layouts, rows, strict=True):
        role, array = TENSORS[case]
        assert row.shape == (layout.width,)
        defined = summarize(role, "name", array)
        try:
            _assert_same(layout.summary(row.numpy()), defined)
        except AssertionError as error:
            raise AssertionError(case) from error


def test_what_is_constant_has_no_spread_at_all() -> None:
    for name in ("constant", "all alike"):
        role, array = TENSORS[name]
        layout = layout_of_tensor(role, "", tf.convert_to_tensor(array))
        assert layout is not None
        found = layout.summary(numbers_of(layout, array).numpy())
        assert found.sample_spread == 0.0
        assert not any(found.feature_std)
        assert summarize(role, "", array).sample_spread == 0.0
    assert found.std > 0
    constant = TENSORS["constant"][1]
    assert summarize("input", "", constant).std == 0.0


def _watched(tmp_path: Path, **arguments: Any) -> kgrad.GradientMonitor:
    return kgrad.GradientMonitor(
        tmp_path, **({"signs": [], "reporters": []} | arguments)
    )


def _data(monitor: kgrad.GradientMonitor) -> list[DataSummary]:
    samples = monitor.history.samples
    assert all(sample.data is not None for sample in samples)
    return [sample.data for sample in samples if sample.data is not None]


def _two_ways() -> keras.Model:
    keras.utils.set_random_seed(2)
    a = layers.Input((3,), name="numbers")
    b = layers.Input((5,), name="words", dtype="int32")
    words = layers.Flatten()(layers.Embedding(9, 2)(b))
    joined = layers.Concatenate()([a, words])
    first = layers.Dense(1, "sigmoid", name="yes")(joined)
    second = layers.Dense(4, "softmax", name="kind")(joined)
    model = keras.Model([a, b], [first, second])
    model.compile(
        keras.optimizers.SGD(0.1),
        ["binary_crossentropy", "sparse_categorical_crossentropy"],
    )
    return model


def test_several_inputs_and_outputs_have_their_names(tmp_path: Path) -> None:
    model = _two_ways()
    x = [_normal(6, 3), RNG.integers(0, 9, (6, 5))]
    y = [RNG.integers(0, 2, (6, 1)), RNG.integers(0, 4, 6)]
    weights = [np.ones(6, np.float32), np.zeros(6, np.float32)]
    y_pred = [np.asarray(p) for p in model(x)]
    monitor = _watched(tmp_path)
    model.fit(x, y, 6, sample_weight=weights, verbose=0, callbacks=[monitor])
    (found,) = _data(monitor)
    defined = summarize_batch(
        x,
        y,
        y_pred,
        weights,
        inputs=["numbers", "words"],
        outputs=["yes", "kind"],
    )
    assert [(t.role, t.name) for t in found.tensors] == [
        ("input", "numbers"),
        ("input", "words"),
        ("target", "yes"),
        ("target", "kind"),
        ("sample_weight", "yes"),
        ("sample_weight", "kind"),
        ("prediction", "yes"),
        ("prediction", "kind"),
    ]
    for one, other in zip(found.tensors, defined.tensors, strict=True):
        # `fit` shuffles, and hands integers on as it likes.
        kept = {"neighbor_share", "dtype"}
        for field in set(asdict(one)) - kept:
            assert getattr(one, field) == pytest.approx(
                getattr(other, field), rel=1e-4, abs=1e-5, nan_ok=True
            ), (one.role, one.name, field)
    assert found.loss == pytest.approx(monitor.history.loss[0])


def test_keys_of_dictionaries_are_names(tmp_path: Path) -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x: Any) -> Any:
            return {"out": self.dense(x["a"] + x["b"][0])}

    model = Own()
    model.compile("sgd", {"out": "mse"})
    x = {"a": _normal(4, 3), "b": [_normal(4, 3)]}
    monitor = _watched(tmp_path)
    model.fit(
        x, {"out": _normal(4, 2)}, 4, epochs=2, verbose=0, callbacks=[monitor]
    )
    # It is built by its first step; the second epoch's is looked at.
    names = {(t.role, t.name) for data in _data(monitor) for t in data.tensors}
    assert names == {
        ("input", "a"),
        ("input", "b/0"),
        ("target", "out"),
        ("prediction", "out"),
    }


@pytest.mark.parametrize(
    "compiled",
    [
        {"run_eagerly": True},
        {"steps_per_execution": 2},
        pytest.param({"jit_compile": True}, marks=pytest.mark.slow),
    ],
)
def test_in_every_mode_the_batch_is_read(
    compiled: dict[str, Any], tmp_path: Path
) -> None:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse", **compiled)
    x, y = _normal(8, 3), _normal(8, 1)
    monitor = _watched(tmp_path, time_every=2)
    model.fit(x, y, 2, shuffle=False, verbose=0, callbacks=[monitor])
    read = {s.step: s.data for s in monitor.history.samples}
    steps = [2, 4] if "steps_per_execution" in compiled else [1, 3]
    assert list(read) == steps
    for step, data in read.items():
        assert data is not None
        batch = slice(2 * step - 2, 2 * step)
        _assert_same(data.of("input")[0], summarize("input", "", x[batch]))
        _assert_same(data.of("target")[0], summarize("target", "", y[batch]))


def test_batches_of_another_shape_are_read_as_well(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((None, 2)), layers.SimpleRNN(1)])
    model.compile("sgd", "mse")
    sizes = [(4, 3), (4, 7), (2, 7)]

    def batches() -> Any:
        for samples, steps in sizes:
            yield _normal(samples, steps, 2), _normal(samples, 1)

    monitor = _watched(tmp_path, time_every=1)
    model.fit(
        batches(),
        steps_per_epoch=3,
        shuffle=False,
        verbose=0,
        callbacks=[monitor],
    )
    shapes = [data.of("input")[0].shape for data in _data(monitor)]
    assert shapes == [(*size, 2) for size in sizes]


def test_half_precision_is_measured_in_single(tmp_path: Path) -> None:
    model = keras.Sequential(
        [layers.Input((3,)), layers.Dense(2, dtype="mixed_float16")]
    )
    model.compile("sgd", "mse")
    monitor = _watched(tmp_path)
    x = np.full((4, 3), 300.0, np.float32)
    model.fit(x, _normal(4, 2), 4, verbose=0, callbacks=[monitor])
    (prediction,) = _data(monitor)[0].of("prediction")
    assert prediction.dtype == "float16"
    # Its squares are beyond what half precision holds.
    assert np.isfinite(prediction.std)


def test_a_step_that_computes_its_loss_elsewhere_is_unknown(
    tmp_path: Path,
) -> None:
    class Own(keras.Model):
        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x) - y) ** 2)
            weights = self.trainable_variables
            self.optimizer.apply(tape.gradient(loss, weights), weights)
            return {"loss": loss}

    inputs = layers.Input((3,))
    model = Own(inputs, layers.Dense(1, "relu")(inputs))
    model.compile("sgd")
    monitor = _watched(tmp_path)
    model.fit(_normal(4, 3), _normal(4, 1), 4, verbose=0, callbacks=[monitor])
    (sample,) = monitor.history.samples
    assert sample.data is None
    assert sample.activities


def test_a_loss_of_the_models_own_is_called_as_before(tmp_path: Path) -> None:
    class Own(keras.Model):
        def compute_loss(
            self, x: Any, y: Any, y_pred: Any, sample_weight: Any
        ) -> Any:
            return tf.reduce_mean((y_pred - y) ** 2) + 1.0

    inputs = layers.Input((3,))
    model = Own(inputs, layers.Dense(1)(inputs))
    model.compile("sgd")
    monitor = _watched(tmp_path)
    model.fit(_normal(4, 3), _normal(4, 1), 4, verbose=0, callbacks=[monitor])
    (data,) = _data(monitor)
    assert data.loss == pytest.approx(monitor.history.loss[0])
    assert [t.role for t in data.tensors] == ["input", "target", "prediction"]
    assert "compute_loss" not in vars(model)


def test_what_is_no_number_is_passed_over(tmp_path: Path) -> None:
    text = layers.Input((), dtype="string", name="text")
    numbers = layers.Input((3,), name="numbers")
    known = layers.StringLookup(vocabulary=["a", "b"])(text)
    vector = layers.Flatten()(layers.Embedding(4, 2)(known))
    joined = layers.Concatenate()([vector, numbers])
    model = keras.Model([text, numbers], layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    x = tf.data.Dataset.from_tensors(
        ((tf.constant(["a", "b"]), tf.ones((2, 3))), tf.ones((2, 1)))
    )
    monitor = _watched(tmp_path)
    model.fit(x, shuffle=False, verbose=0, callbacks=[monitor])
    (data,) = _data(monitor)
    assert [t.name for t in data.of("input")] == ["numbers"]


def test_what_was_read_comes_back_from_disk(tmp_path: Path) -> None:
    model = _two_ways()
    x = [_normal(6, 3), RNG.integers(0, 9, (6, 5))]
    y = [RNG.integers(0, 2, (6, 1)), RNG.integers(0, 4, 6)]
    monitor = _watched(tmp_path)
    model.fit(x, y, 3, verbose=0, callbacks=[monitor])
    (loaded,) = kgrad.RunHistory.load(tmp_path).samples
    (kept,) = monitor.history.samples
    assert repr(loaded.data) == repr(kept.data)
