from __future__ import annotations

from types import SimpleNamespace

import pytest

from zoo.tasks import TASKS
from zoo.training import callbacks
from zoo.training.callbacks import Clock, ReportProgress, StopWhenSolved


def stops_after(values: list[float], epochs: int) -> int | None:
    """The epoch after which training stops, 1-based."""
    stop = StopWhenSolved(TASKS["adding"], epochs)
    stop.set_model(SimpleNamespace(stop_training=False))
    for epoch, value in enumerate(values):
        stop.on_epoch_end(epoch, {"mse": 0.0, "val_mse": value})
        if stop.model.stop_training:
            return epoch + 1
    return None


@pytest.mark.parametrize(
    ("values", "epochs", "expected"),
    [
        ([0.2, 0.009, 0.009, 0.001], 2, 3),
        ([0.2, 0.009, 0.2, 0.009, 0.2], 2, None),
        ([0.009, 0.2, 0.009, 0.009], 2, 4),
        ([0.2, 0.009], 1, 2),
        ([float("nan")] * 5, 1, None),
    ],
)
def test_training_stops_once_solved_so_many_epochs_in_a_row(
    values: list[float], epochs: int, expected: int | None
) -> None:
    assert stops_after(values, epochs) == expected


def test_the_clock_leaves_out_compiling_and_validation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(callbacks.time, "perf_counter", lambda: now)
    clock = Clock()
    for compiling in (60.0, 0.25, 0.25):
        clock.on_epoch_begin(0)
        now += compiling
        for batch in range(5):
            clock.on_train_batch_end(batch)
            now += 0.25
        now += 30
        clock.on_epoch_end(0)
    assert clock.steps == 15
    assert clock.steps_per_second == pytest.approx(4)


def test_progress_is_reported_a_few_times_a_second_and_at_every_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(callbacks.time, "monotonic", lambda: now)
    told: list[tuple[int, str]] = []
    progress = ReportProgress(
        "mse", lambda step, words: told.append((step, words))
    )
    for batch in range(9):
        progress.on_train_batch_end(batch)
        now += 0.0625
    progress.on_epoch_end(0, {"val_mse": 0.0123})
    assert told == [(1, ""), (5, ""), (9, ""), (9, "mse 0.0123")]
