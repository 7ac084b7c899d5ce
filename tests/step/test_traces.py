"""After training, well ended or not, nothing is left of the monitor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.step.optimizer_tap import OptimizerTap
from tests.small import BATCH, STEPS, data, dense, fit


def monitor_in(folder: Path, **arguments: Any) -> kgrad.GradientMonitor:
    return kgrad.GradientMonitor(
        folder,
        **({"signs": [], "statistics": ["all"], "reporters": []} | arguments),
    )


class Raises(keras.callbacks.Callback):
    """Another callback that fails, in its third step."""

    def __init__(self, when: str, error: type[BaseException]) -> None:
        super().__init__()
        self.error = error
        self.number = 0 if when == "on_epoch_end" else 2
        setattr(self, when, self.fail)

    def fail(self, number: int, logs: Any = None) -> None:
        if number == self.number:
            raise self.error("on purpose")


class BrokenLayer(keras.layers.Layer):
    """Fails while the step is traced, or when the step runs."""

    def __init__(self, while_tracing: bool) -> None:
        super().__init__()
        self.while_tracing = while_tracing
        self.broken = False

    def call(self, x: Any) -> Any:
        if not self.broken:
            return x
        if self.while_tracing:
            raise ZeroDivisionError("on purpose")
        with tf.control_dependencies([tf.debugging.Assert(False, [x])]):
            return tf.identity(x)


def assert_clean(model: keras.Model, attributes: dict[str, Any]) -> None:
    optimizer = model.optimizer
    assert "apply" not in vars(optimizer)
    assert "scale_loss" not in vars(optimizer)
    assert set(vars(optimizer)) - set(attributes["optimizer"]) <= {"built"}
    assert set(vars(model)) <= attributes["model"]
    module = type(model.train_function).__module__
    assert not module.startswith("kgrad")


def attributes_of(model: keras.Model) -> dict[str, Any]:
    """Of a twin that was trained without a monitor."""
    twin = keras.models.clone_model(model)
    twin.compile("sgd", "mse")
    fit(twin, validation_split=0.2)
    return {
        "model": {*vars(twin), "_initial_epoch", "_eval_epoch_iterator"},
        "optimizer": set(vars(twin.optimizer)),
    }


def fail_after(function: Callable[..., Any], *arguments: Any) -> None:
    function(*arguments)
    raise ValueError("on purpose")


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning:keras")
def test_after_training_the_model_is_as_it_was_and_can_be_saved(
    tmp_path: Path,
) -> None:
    model = dense()
    expected = attributes_of(model)
    fit(model, monitor_in(tmp_path / "run"), validation_split=0.2, epochs=2)
    assert_clean(model, expected)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for a, b in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize(
    "when", ["on_train_batch_begin", "on_train_batch_end", "on_epoch_end"]
)
def test_an_exception_in_another_callback_leaves_no_trace(
    when: str, error: type[BaseException], tmp_path: Path
) -> None:
    model = dense()
    expected = attributes_of(model)
    monitor = monitor_in(tmp_path)
    with pytest.raises(error, match="on purpose"):
        fit(model, Raises(when, error), monitor)
    assert_clean(model, expected)
    made = {"on_train_batch_begin": 2, "on_train_batch_end": 3}.get(when, STEPS)
    assert list(monitor.history.steps) == list(range(1, made + 1))
    np.testing.assert_array_equal(
        kgrad.RunHistory.load(tmp_path).steps, monitor.history.steps
    )

    fit(model, monitor)
    assert list(monitor.history.steps) == list(range(1, made + STEPS + 1))
    assert_clean(model, expected)


def test_after_an_exception_training_without_the_monitor_is_not_watched(
    tmp_path: Path,
) -> None:
    model = dense()
    monitor = monitor_in(tmp_path)
    with pytest.raises(ValueError, match="on purpose"):
        fit(model, Raises("on_train_batch_end", ValueError), monitor)
    fit(model)
    assert len(monitor.history.steps) == 3


@pytest.mark.parametrize("while_tracing", [True, False])
def test_an_exception_in_the_model_leaves_no_trace(
    while_tracing: bool, tmp_path: Path
) -> None:
    layer = BrokenLayer(while_tracing)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), layer])
    model.compile("sgd", "mse")
    monitor = monitor_in(tmp_path)
    fit(model, monitor)
    layer.broken = True
    model.compile(model.optimizer, "mse")
    with pytest.raises((ZeroDivisionError, tf.errors.InvalidArgumentError)):
        fit(model, monitor)
    assert not {"apply", "scale_loss"} & set(vars(model.optimizer))
    assert not type(model.train_function).__module__.startswith("kgrad")
    saved = kgrad.RunHistory.load(tmp_path)
    assert list(saved.steps) == list(range(1, STEPS + 1))

    layer.broken = False
    model.compile(model.optimizer, "mse")
    fit(model, monitor)
    # The optimizer may have counted the step that failed.
    assert len(monitor.history.steps) == 2 * STEPS
    assert (np.diff(monitor.history.steps) > 0).all()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_in_the_data_puts_what_was_measured_on_disk(
    error: type[BaseException], tmp_path: Path
) -> None:
    def batches() -> Iterator[Any]:
        x, y = data()
        for i in range(0, len(x), BATCH):
            yield x[i : i + BATCH], y[i : i + BATCH]
        raise error("on purpose")

    model = dense(run_eagerly=True)
    monitor = monitor_in(tmp_path)
    with pytest.raises(BaseException, match="on purpose"):
        model.fit(
            batches(),
            steps_per_epoch=50,
            shuffle=False,
            verbose=0,
            callbacks=[monitor],
        )
    assert not {"apply", "scale_loss"} & set(vars(model.optimizer))
    assert not type(model.train_function).__module__.startswith("kgrad")
    assert len(monitor.history.steps) >= STEPS - 1
    np.testing.assert_array_equal(
        kgrad.RunHistory.load(tmp_path).steps, monitor.history.steps
    )


def test_as_a_context_manager_it_says_what_to_write(tmp_path: Path) -> None:
    with (
        pytest.raises(TypeError, match=r"with monitor\.watch\(model\)"),
        monitor_in(tmp_path),
    ):
        pass


def test_an_exception_in_a_loop_of_ones_own_leaves_no_trace(
    tmp_path: Path,
) -> None:
    model = dense()
    x, y = data()
    monitor = monitor_in(tmp_path)
    model.train_on_batch(x, y)
    plain = model.train_function
    with monitor.watch(model):
        model.train_on_batch(x, y)
    with pytest.raises(ValueError, match="on purpose"), monitor.watch(model):
        fail_after(model.train_on_batch, x, y)
    assert model.train_function is plain
    assert not {"apply", "scale_loss"} & set(vars(model.optimizer))
    assert list(kgrad.RunHistory.load(tmp_path).steps) == [2, 3]


def test_two_monitors_measure_the_same_model(tmp_path: Path) -> None:
    model = dense()
    a, b = monitor_in(tmp_path / "a"), monitor_in(tmp_path / "b")
    fit(model, a, b, epochs=2)
    assert len(a.history.steps) == 2 * STEPS
    for statistic in ("gradient_norm", "update_norm", "weight_norm"):
        np.testing.assert_array_equal(
            a.history[statistic], b.history[statistic]
        )
    fit(model, b)
    assert len(a.history.steps) == 2 * STEPS
    assert len(b.history.steps) == 3 * STEPS


def test_a_step_is_traced_once(tmp_path: Path) -> None:
    traces = []

    class Counts(keras.layers.Layer):
        def call(self, x: Any, training: bool = False) -> Any:
            if training:
                traces.append(x)
            return x

    model = keras.Sequential(
        [keras.Input((3,)), Counts(), keras.layers.Dense(2)]
    )
    model.compile("sgd", "mse")
    fit(model, epochs=2)
    plain = len(traces)
    model.compile("sgd", "mse")
    monitor = monitor_in(tmp_path, time_every=None)
    fit(model, monitor, epochs=2)
    assert len(traces) == 2 * plain
    fit(model, monitor)
    assert len(traces) == 2 * plain


def test_without_samples_a_recurrent_step_is_traced_once(
    tmp_path: Path,
) -> None:
    traces = []

    class Counts(keras.layers.Layer):
        def call(self, x: Any, training: bool = False) -> Any:
            if training:
                traces.append(x)
            return x

    def trained(**arguments: Any) -> int:
        model = keras.Sequential(
            [keras.Input((4, 3)), Counts(), keras.layers.GRU(2)]
        )
        model.compile("sgd", "mse")
        traces.clear()
        folder = tmp_path / str(len(arguments))
        monitor = monitor_in(folder, **arguments)
        x = np.zeros((12, 4, 3), np.float32)
        model.fit(x, x[:, 0, :2], 4, verbose=0, callbacks=[monitor])
        assert bool(monitor.history.samples) == ("time_every" not in arguments)
        return len(traces)

    sampled, plain = trained(), trained(time_every=None)
    assert (sampled, plain) == (2, 1)


@pytest.mark.parametrize(
    ("eager", "opened"),
    [(False, [1, STEPS + 1]), (True, range(1, 2 * STEPS + 1))],
)
def test_taps_are_open_while_a_step_may_be_traced_or_runs_eagerly(
    eager: bool,
    opened: Iterable[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a graph that is the first step of each iterator over the data."""
    model = dense(run_eagerly=eager)
    opens = []
    listening = OptimizerTap.listening

    def counted(tap: OptimizerTap) -> Any:
        opens.append(int(tap.step) + 1)
        return listening(tap)

    monkeypatch.setattr(OptimizerTap, "listening", counted)
    monitor = monitor_in(tmp_path, time_every=None)
    fit(model, monitor, epochs=2)
    assert opens == list(opened)
    assert len(monitor.history.steps) == 2 * STEPS


def test_batches_of_another_kind_are_measured_too(tmp_path: Path) -> None:
    """Each `fit` brings an iterator of its own, and may trace anew."""
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    monitor = monitor_in(tmp_path)
    rng = np.random.default_rng(0)
    for rows in (4, 3, 5):
        x = rng.standard_normal((12 * rows, 3)).astype(np.float32)
        batches = tf.data.Dataset.from_tensor_slices((x, x[:, :2]))
        fixed = batches.batch(rows, drop_remainder=True)
        model.fit(fixed, shuffle=False, verbose=0, callbacks=[monitor])
    assert list(monitor.history.steps) == list(range(1, 37))
    assert (monitor.history["gradient_norm"] > 0).all()
