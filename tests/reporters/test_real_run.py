"""A run that was really trained, as TensorBoard and the history have it."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.plugins.hparams.api_pb2 import STATUS_FAILURE

import kgrad
from kgrad.reporters import TensorBoardReporter
from tests.reporters.made import Events


def model() -> keras.Model:
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    built = keras.Sequential(
        [
            keras.layers.Input((3, 2)),
            keras.layers.GRU(2),
            keras.layers.Dense(1),
        ]
    )
    built.compile("sgd", "mse", jit_compile=False)
    return built


def test_each_point_is_the_mean_or_maximum_of_a_window_of_the_history(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On a busy machine ten seconds may pass within a window.
    monkeypatch.setattr("kgrad.session.watch.FLUSH_SECONDS", math.inf)
    x = np.random.default_rng(0).standard_normal((40, 3, 2))
    monitor = kgrad.GradientMonitor(
        tmp_path,
        window=8,
        signs=[],
        statistics=["all"],
        reporters=[TensorBoardReporter(detailed=True)],
    )
    model().fit(
        x, x[:, 0, :1], batch_size=2, epochs=2, verbose=0, callbacks=[monitor]
    )
    assert capsys.readouterr().out == ""
    events, history = Events(tmp_path), kgrad.RunHistory.load(tmp_path)
    read = events.scalars("gradient_norm/gru/recurrent_kernel[z]")
    largest = events.scalars("gradient_norm_max/gru/recurrent_kernel[z]")
    # The window is also read at the end of an epoch of 20 steps.
    assert list(read) == [8, 16, 20, 28, 36, 40]
    (column,) = (
        i
        for i, name in enumerate(history.targets)
        if name.endswith("gru_cell/recurrent_kernel[z]")
    )
    norms = history["gradient_norm"][:, column]
    start = 0
    for end in read:
        window = norms[start:end]
        assert read[end] == pytest.approx(window.mean(), rel=1e-6)
        assert largest[end] == pytest.approx(window.max(), rel=1e-6)
        start = end
    losses = events.scalars("epoch/loss")
    assert list(losses) == [20, 40]
    assert losses[40] == pytest.approx(history.epochs[-1].logs["loss"])


def test_a_step_that_raises_makes_a_failed_run(tmp_path: Path) -> None:
    x = np.ones((4, 3, 2), np.float32)
    monitor = kgrad.GradientMonitor(tmp_path, signs=[], statistics=["all"])
    built = model()

    def batches_then_an_error() -> Iterator[Any]:
        for _ in range(3):
            yield x, x[:, 0, :1]
        raise RuntimeError("no more data")

    with pytest.raises(Exception, match="no more data"):
        built.fit(
            batches_then_an_error(),
            steps_per_epoch=5,
            shuffle=False,
            verbose=0,
            callbacks=[monitor],
        )
    end = hparams.parse_session_end_info_plugin_data(
        Events(tmp_path).content(hparams.SESSION_END_INFO_TAG)
    )
    assert end.status == STATUS_FAILURE
