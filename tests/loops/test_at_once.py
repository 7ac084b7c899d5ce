"""Several monitors on one folder in one process, at once and in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

import kgrad
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter
from tests.loops.training import (
    BATCH,
    batches,
    data,
    model,
    monitor,
    step_of,
    steps_of,
    told,
)


def fit(trained: keras.Model, *callbacks: keras.callbacks.Callback) -> None:
    trained.fit(*data(), BATCH, shuffle=False, verbose=0, callbacks=callbacks)


def watching(folder: Path) -> kgrad.GradientMonitor:
    return monitor(folder, reporters=[TensorBoardReporter()])


def must_be_two_runs(folder: Path, messages: list[str]) -> None:
    """Each is whole, has an event file of its own, and the second says so."""
    (message,) = messages
    assert "another monitor of this process" in message
    assert f"recorded in {folder / 'writer-2'}" in message
    for place in (folder, folder / "writer-2"):
        assert len(list(place.glob("gradients-*.kgrad"))) == 1
        assert len(list(place.glob("events.*"))) == 1
    with pytest.warns(RuntimeWarning, match="from writer-2 in it"):
        first = kgrad.RunHistory.load(folder)
    second = kgrad.RunHistory.load(folder / "writer-2")
    assert list(first.steps) == list(second.steps) == [1, 2, 3, 4]


def in_one_fit(folder: Path) -> None:
    fit(model(), watching(folder), watching(folder))


def around_one_loop(folder: Path) -> None:
    trained = model()
    step = step_of(trained)
    with (
        watching(folder).watch(trained),
        watching(folder).watch(trained),
    ):
        for batch in batches():
            step(*batch)


def in_a_callback_of_another(folder: Path) -> None:
    class Inner(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                fit(model(), watching(folder))

    fit(model(), watching(folder), Inner())


def in_two_threads(folder: Path) -> None:
    barrier = threading.Barrier(2, timeout=60)

    class Waits(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            barrier.wait()

    models = [model(), model()]
    threads = [
        threading.Thread(target=fit, args=(x, watching(folder), Waits()))
        for x in models
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    "train",
    [in_one_fit, around_one_loop, in_a_callback_of_another, in_two_threads],
)
def test_at_once_each_has_a_place_of_its_own(
    train: Callable[[Path], None], tmp_path: Path
) -> None:
    with told() as messages:
        train(tmp_path)
    must_be_two_runs(tmp_path, messages)


def test_one_that_was_interrupted_is_not_at_once_with_the_next(
    tmp_path: Path,
) -> None:
    """As in a notebook, which keeps the exception and the first monitor."""

    class Interrupts(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                raise KeyboardInterrupt

    trained, first = model(), monitor(tmp_path)
    with pytest.raises(KeyboardInterrupt) as kept:
        fit(trained, first, Interrupts())
    fit(trained, monitor(tmp_path))
    assert kept.value.__traceback__ is not None
    assert steps_of(first) == [1, 2]
    assert list(kgrad.RunHistory.load(tmp_path).steps) == [1, 2, 3, 4, 5, 6]
    assert not list(tmp_path.glob("writer-*"))


def test_in_turn_on_one_model_they_are_one_run(tmp_path: Path) -> None:
    trained = model()
    first, second = monitor(tmp_path), monitor(tmp_path)
    for callback in (first, second, first):
        fit(trained, callback)
    assert steps_of(first) == [1, 2, 3, 4, 9, 10, 11, 12]
    assert steps_of(second) == [5, 6, 7, 8]
    assert list(kgrad.RunHistory.load(tmp_path).steps) == list(range(1, 13))
    assert not list(tmp_path.glob("writer-*"))
