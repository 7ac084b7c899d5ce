"""What cannot be written costs one warning, and nothing else."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.reporters import TensorBoardReporter
from tests.reporters.made import snapshot


@pytest.fixture
def model() -> keras.Model:
    keras.utils.clear_session()
    built = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    built.compile("sgd", "mse", jit_compile=False)
    return built


def fit(model: keras.Model, monitor: kgrad.GradientMonitor) -> list[str]:
    """Trains for 40 steps; returns the warnings."""
    x = np.ones((40, 2), np.float32)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, x[:, :1], batch_size=1, verbose=0, callbacks=[monitor])
    return [str(w.message) for w in caught if "kgrad" in str(w.message)]


def test_a_full_disk_is_one_warning(
    model: keras.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_full_disk(path: str) -> Any:
        return writer("/dev/full")

    writer = tf.io.TFRecordWriter
    monkeypatch.setattr(tf.io, "TFRecordWriter", on_full_disk)
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], window=8
    )
    (warning,) = fit(model, monitor)
    assert "`TensorBoardReporter` failed and is closed" in warning
    assert "No space left on device" in warning
    assert list(monitor.history.steps) == list(range(1, 41))
    assert len(kgrad.RunHistory.load(tmp_path).steps) == 40


def test_a_folder_that_cannot_be_made_is_one_warning(
    model: keras.Model, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monitor = kgrad.GradientMonitor(
        tmp_path / "run",
        signs=[],
        statistics=["all"],
        reporters=[TensorBoardReporter(tmp_path / "file" / "run")],
        window=8,
    )
    (warning,) = fit(model, monitor)
    assert "`TensorBoardReporter` failed and is closed" in warning
    assert len(kgrad.RunHistory.load(tmp_path / "run").steps) == 40


def test_a_folder_that_is_removed_in_training_stops_nobody(
    model: keras.Model, tmp_path: Path
) -> None:
    reporter = TensorBoardReporter(tmp_path / "tb")

    class Remove(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 20:
                for path in (tmp_path / "tb").iterdir():
                    path.unlink()
                (tmp_path / "tb").rmdir()

    monitor = kgrad.GradientMonitor(
        tmp_path / "run",
        signs=[],
        statistics=["all"],
        reporters=[reporter],
        window=8,
    )
    x = np.ones((40, 2), np.float32)
    model.fit(
        x, x[:, :1], batch_size=1, verbose=0, callbacks=[monitor, Remove()]
    )
    assert len(monitor.history.steps) == 40


def test_a_list_of_reporters_is_extended_in_one_expression(
    model: keras.Model, tmp_path: Path
) -> None:
    class Mine(kgrad.reporters.Reporter):
        begun = ""

        def begin(self, log_dir: str) -> None:
            self.begun = log_dir

    mine = Mine()
    monitor = kgrad.GradientMonitor(
        tmp_path, reporters=[*kgrad.reporters.default(), mine], window=8
    )
    assert fit(model, monitor) == []
    assert mine.begun == str(tmp_path)
    assert len(list(tmp_path.glob("events.out.tfevents.*"))) == 1


def test_a_reporter_that_cannot_begin_is_one_warning(tmp_path: Path) -> None:
    class Broken(kgrad.reporters.Reporter):
        def begin(self, log_dir: str) -> None:
            raise OSError("no network")

    monitor = kgrad.GradientMonitor(tmp_path, reporters=[Broken()])
    with pytest.warns(match="`Broken` failed and is closed.*no network"):
        monitor.close()


def test_a_file_without_a_folder_is_refused() -> None:
    with pytest.raises(ValueError, match="`log_dir` must be given"):
        TensorBoardReporter().write(snapshot(), [])
