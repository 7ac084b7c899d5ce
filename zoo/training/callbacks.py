"""Callbacks of training besides the monitor: a stop, a clock, progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import keras

from zoo.tasks import Task

OnProgress = Callable[[int, str], None]
"""Called with the steps taken so far and a few words on how it is doing."""

_REPORT_SECONDS = 0.2


class StopWhenSolved(keras.callbacks.Callback):
    """Stops once the task has been solved for several epochs in a row.

    Args:
        task: Decides what counts as solved.
        epochs: How many in a row, 1 or more.
    """

    def __init__(self, task: Task, epochs: int) -> None:
        super().__init__()
        self._task = task
        self._epochs = epochs
        self._in_a_row = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Looks at the validation metric."""
        solved = self._task.is_solved((logs or {})[f"val_{self._task.metric}"])
        self._in_a_row = self._in_a_row + 1 if solved else 0
        if self._in_a_row >= self._epochs:
            self.model.stop_training = True


class Clock(keras.callbacks.Callback):
    """Measures the speed of training, without compilation and validation."""

    def __init__(self) -> None:
        super().__init__()
        self._speeds: list[float] = []
        self.steps = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Skips the first step, which may compile."""
        self._before, self._began = self.steps, 0.0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Times an epoch from the end of its first step to that of its last."""
        self.steps += 1
        self._now = time.perf_counter()
        self._began = self._began or self._now

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keeps the speed of the epoch."""
        timed = self.steps - self._before - 1
        if timed > 0:
            self._speeds.append(timed / (self._now - self._began))

    @property
    def steps_per_second(self) -> float:
        """Speed of the median epoch; NaN if none had two steps."""
        return median(self._speeds) if self._speeds else float("nan")


class ReportProgress(keras.callbacks.Callback):
    """Reports how far training is, a few times a second.

    Args:
        metric: Name of the metric to report with it.
        report: What to call.
    """

    def __init__(self, metric: str, report: OnProgress) -> None:
        super().__init__()
        self._metric = metric
        self._report = report
        self._steps = 0
        self._words = ""
        self._last = 0.0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Reports the step, if the last report is old enough."""
        self._steps += 1
        now = time.monotonic()
        if now - self._last >= _REPORT_SECONDS:
            self._last = now
            self._report(self._steps, self._words)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Has a new value to report: of validation, where there is any."""
        seen = logs or {}
        trained = seen.get(self._metric, float("nan"))
        value = seen.get(f"val_{self._metric}", trained)
        self._words = f"{self._metric} {value:.3g}"
        self._report(self._steps, self._words)
