"""Where a step stopped being finite: step, tensor, sample and feature."""

from __future__ import annotations

import contextlib
import gc
import time
import weakref
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kgrad
from kgrad.records import Origin
from kgrad.step.data_tap import DataTap
from kgrad.step.origin_tap import OriginTap

BATCH, STEPS, BAD = 4, 8, 5
"""What is bad is put into the sixth batch."""

MODES = [
    pytest.param({}, id="graph"),
    pytest.param({"run_eagerly": True}, id="eager"),
    pytest.param({"steps_per_execution": 4}, id="steps_per_execution"),
    pytest.param({"jit_compile": True}, id="XLA", marks=pytest.mark.full),
]


def _model(loss: str = "mse", units: int = 2, **compiled: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    end = "softmax" if "entropy" in loss else None
    model = keras.Sequential(
        [
            layers.Input((3, 4)),
            layers.SimpleRNN(5),
            layers.Dense(units, end, dtype="float32"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.01), loss, **compiled)
    return model


def _batches() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    n = BATCH * STEPS
    x = rng.standard_normal((n, 3, 4)).astype(np.float32)
    y = rng.standard_normal((n, 2)).astype(np.float32)
    return x, y, np.ones(n, np.float32)


def _trained(
    model: keras.Model, tmp_path: Path, x: Any, y: Any, weights: Any = None
) -> tuple[Origin, ...]:
    monitor = kgrad.GradientMonitor(
        tmp_path,
        signs=[],
        reporters=[],
        statistics=["gradient_norm"],
        time_every=3,
    )
    model.fit(
        x,
        y,
        BATCH,
        sample_weight=weights,
        shuffle=False,
        verbose=0,
        callbacks=[monitor],
    )
    assert "compute_loss" not in vars(model)
    kept = monitor.history.origins
    assert kgrad.RunHistory.load(tmp_path).origins == kept
    return kept


@pytest.mark.parametrize("compiled", MODES)
@pytest.mark.parametrize(
    ("stage", "place", "value"),
    [
        ("input", (2, 1, 3), np.nan),
        pytest.param("target", (1, 1), -np.inf, marks=pytest.mark.full),
        ("sample_weight", (3,), np.inf),
    ],
)
def test_the_first_that_is_not_finite_is_found(
    stage: Any,
    place: tuple[int, ...],
    value: float,
    compiled: dict[str, Any],
    tmp_path: Path,
) -> None:
    data = dict(
        zip(("input", "target", "sample_weight"), _batches(), strict=True)
    )
    data[stage][BAD * BATCH + place[0], *place[1:]] = value
    found = _trained(_model(**compiled), tmp_path, *data.values())
    kind: Any = "nan" if np.isnan(value) else "infinite"
    assert found[0] == Origin(
        step=BAD + 1, stage=stage, index=place, count=1, kind=kind
    )
    assert found[0].sample == place[0]
    assert found[0].feature == (place[-1] if len(place) > 1 else None)
    # From then on the weights are broken, and with them the predictions.
    assert {origin.stage for origin in found[1:]} <= {"prediction"}


@pytest.mark.parametrize("compiled", MODES)
def test_labels_without_a_class_are_found_even_if_that_ends_training(
    compiled: dict[str, Any], tmp_path: Path
) -> None:
    x, _, _ = _batches()
    y = np.random.default_rng(1).integers(0, 3, len(x))
    y[BAD * BATCH + 2] = 3
    y[BAD * BATCH + 3] = 8
    model = _model("sparse_categorical_crossentropy", 3, **compiled)
    monitor = kgrad.GradientMonitor(tmp_path, signs=[], reporters=[])
    try:
        model.fit(x, y, BATCH, shuffle=False, verbose=0, callbacks=[monitor])
        raised = False
    except tf.errors.InvalidArgumentError:
        raised = True
    assert raised == ("jit_compile" not in compiled)
    first = kgrad.RunHistory.load(tmp_path).origins[0]
    batch = y[BAD * BATCH : (BAD + 1) * BATCH]
    assert first == Origin(
        step=BAD + 1,
        stage="target",
        index=(2,),
        count=2,
        kind="label",
        label_minimum=int(batch.min()),
        label_maximum=8,
        classes=3,
    )


@pytest.mark.parametrize("compiled", MODES[:3])
def test_labels_of_several_outputs_are_looked_at_first(
    compiled: dict[str, Any], tmp_path: Path
) -> None:
    """Keras makes variables in the loss of several outputs, when traced."""
    x, _, _ = _batches()
    y = np.random.default_rng(1).integers(0, 3, len(x))
    bad = y.copy()
    bad[BAD * BATCH + 2] = 7
    a = keras.Input(x.shape[1:])
    b = keras.layers.Flatten()(a)
    outputs = {
        name: keras.layers.Dense(3, "softmax", name=name)(b)
        for name in ("one", "two")
    }
    model = keras.Model(a, outputs)
    model.compile(
        "sgd",
        dict.fromkeys(outputs, "sparse_categorical_crossentropy"),
        **({"jit_compile": False} | compiled),
    )
    monitor = kgrad.GradientMonitor(tmp_path, signs=[], reporters=[])
    targets = {"one": y, "two": bad}
    with contextlib.suppress(tf.errors.InvalidArgumentError):
        model.fit(
            x, targets, BATCH, shuffle=False, verbose=0, callbacks=[monitor]
        )
    first = kgrad.RunHistory.load(tmp_path).origins[0]
    assert (first.step, first.name, first.index) == (BAD + 1, "two", (2,))


def test_a_label_that_the_loss_passes_over_has_a_class(tmp_path: Path) -> None:
    x, _, _ = _batches()
    y = np.random.default_rng(1).integers(0, 3, len(x))
    y[::3] = -1
    model = _model("sparse_categorical_crossentropy", 3)
    model.compile(
        "sgd", keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    )
    assert _trained(model, tmp_path, x, y) == ()


@pytest.mark.full
def test_whole_targets_of_another_loss_are_no_labels(tmp_path: Path) -> None:
    x, _, _ = _batches()
    y = np.full((len(x), 1), 900)
    assert _trained(_model(units=1), tmp_path, x, y) == ()


def test_a_healthy_training_has_none(tmp_path: Path) -> None:
    assert _trained(_model(), tmp_path, *_batches()) == ()


def test_predictions_that_are_not_finite_come_from_the_model(
    tmp_path: Path,
) -> None:
    inputs = layers.Input((2,))
    root = layers.Lambda(keras.ops.log, output_shape=(2,))(inputs)
    model = keras.Model(inputs, layers.Dense(1)(root))
    model.compile("sgd", "mse")
    x = np.ones((BATCH * 2, 2), np.float32)
    x[BATCH + 1, 0] = -1
    found = _trained(model, tmp_path, x, np.zeros((2 * BATCH, 1)))
    assert found == (Origin(2, "prediction", "", (1, 0), 1, "nan"),)


def test_a_loss_that_is_not_finite_is_told_if_its_parts_are(
    tmp_path: Path,
) -> None:
    model = _model()
    model.compile("sgd", lambda y, p: keras.ops.log(keras.ops.abs(p) * 0))
    first, *_ = _trained(model, tmp_path, *_batches()[:2])
    assert (first.step, first.stage, first.kind) == (1, "loss", "infinite")
    assert first.sample is None


def test_gradients_that_are_not_finite_alone_are_told(tmp_path: Path) -> None:
    def loss(y: Any, p: Any) -> Any:
        # Its slope at 0 is infinite, and infinite times 0 is no number.
        return keras.ops.sqrt(keras.ops.relu(p - p) + y * 0.0)

    model = _model()
    model.compile("sgd", loss)
    first, *_ = _trained(model, tmp_path, *_batches()[:2])
    assert first == Origin(1, "gradient", kind="")


def test_an_overflow_of_scaled_gradients_is_no_origin(tmp_path: Path) -> None:
    model = _model()
    scaled = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.01), initial_scale=2.0**127
    )
    model.compile(scaled, "mse")
    assert _trained(model, tmp_path, *_batches()) == ()


def test_with_loss_scaling_bad_data_are_found_all_the_same(
    tmp_path: Path,
) -> None:
    x, y, weights = _batches()
    y[BAD * BATCH + 1, 1] = np.nan
    model = _model()
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01))
    model.compile(scaled, "mse")
    found = _trained(model, tmp_path, x, y, weights)
    assert found == (Origin(BAD + 1, "target", "", (1, 1), 1, "nan"),)


def test_of_several_inputs_the_name_is_told(tmp_path: Path) -> None:
    a, b = layers.Input((2,), name="a"), layers.Input((3,), name="b")
    model = keras.Model([a, b], layers.Dense(1)(layers.Concatenate()([a, b])))
    model.compile("sgd", "mse")
    x = [np.zeros((8, 2), np.float32), np.zeros((8, 3), np.float32)]
    x[1][6, 2] = np.inf
    first, *_ = _trained(model, tmp_path, x, np.zeros((8, 1), np.float32))
    assert first == Origin(2, "input", "b", (2, 2), 1, "infinite")


@pytest.mark.full
def test_accumulated_steps_name_the_step_that_they_make(
    tmp_path: Path,
) -> None:
    x, y, weights = _batches()
    x[BAD * BATCH + 1, 0, 0] = np.nan
    model = _model()
    model.compile(
        keras.optimizers.SGD(0.01, gradient_accumulation_steps=2), "mse"
    )
    first, *_ = _trained(model, tmp_path, x, y, weights)
    assert first == Origin(BAD // 2 + 1, "input", "", (1, 0, 0), 1, "nan")


@pytest.mark.full
def test_train_on_batch_is_searched_as_well(tmp_path: Path) -> None:
    x, y, _ = _batches()
    x[BATCH, 0, 0] = np.nan
    model = _model()
    monitor = kgrad.GradientMonitor(tmp_path, signs=[], reporters=[])
    with monitor.watch(model):
        for i in range(0, len(x), BATCH):
            model.train_on_batch(x[i : i + BATCH], y[i : i + BATCH])
    assert monitor.history.origins[0] == Origin(
        2, "input", "", (0, 0, 0), 1, "nan"
    )


def test_no_graph_is_kept_alive() -> None:
    model = _model()
    tap = OriginTap(model, model.optimizer, tf.Variable(0, dtype=tf.int64))
    data = DataTap(model, lambda error: pytest.fail(str(error)))
    graphs: list[Any] = []

    def traced() -> None:
        @tf.function
        def loss(x: Any, y: Any) -> Any:
            graphs.append(weakref.ref(x.graph))
            return model.compute_loss(x, y, model(x, training=True))

        x, y, _ = _batches()
        with tap.listening(), data.listening():
            loss(x, y)

    traced()
    gc.collect()
    assert [graph() for graph in graphs] == [None]
    assert data.read() is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    "time_every", [None, pytest.param(2, marks=pytest.mark.full)]
)
def test_xla_compiles_a_step_once(
    time_every: int | None, tmp_path: Path
) -> None:
    """A constant that XLA asks for would be another one in each batch."""
    seconds: list[float] = []

    class Clock(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            self.began = time.perf_counter()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seconds.append(time.perf_counter() - self.began)

    model = keras.Sequential(
        [
            keras.Input((5, 3)),
            keras.layers.LSTM(4),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=True)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(48, 5, 3)).astype(np.float32)
    monitor = kgrad.GradientMonitor(tmp_path, time_every=time_every)
    model.fit(
        x,
        rng.integers(0, 3, 48),
        batch_size=4,
        verbose=0,
        callbacks=[monitor, Clock()],
    )
    # A sampled and a plain step are compiled, none of them twice.
    assert max(seconds[2:]) < 0.3 * max(seconds[:2])
