"""Metrics of tasks that Keras does not have, or not under that name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from zoo.tasks import Task


def metric_of(task: Task) -> Any:
    """The metric of a task, as `compile` takes it.

    Args:
        task: The task.

    Returns:
        A new `keras.metrics.Metric`, or the name of one of Keras' own.
    """
    make = _OWN.get(task.metric)
    return task.metric if make is None else make(task)


def guessing(task: Task) -> float:
    """What an answer that does not look at the input reaches, at best.

    That of a forecast is the mean, of error 1, while `Task.chance` is that
    nothing changes: who forecasts that has looked.

    Args:
        task: The task.
    """
    return 1.0 if task.metric == "nrmse" else task.chance


@keras.saving.register_keras_serializable("zoo")
class RecallAccuracy(keras.metrics.SparseCategoricalAccuracy):
    """The share of correct answers at certain steps.

    The loss asks for an answer at every step; most of them need no memory
    and would hide whether those that do are correct.

    Args:
        start: The first step that counts, as in a slice; None for the first.
        stop: The step after the last; None for the end.
        name: Name in the logs.
        dtype: As of every metric.
    """

    def __init__(
        self,
        start: int | None = None,
        stop: int | None = None,
        name: str = "recall_accuracy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.start, self.stop = start, stop

    def update_state(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Counts a batch.

        Args:
            y_true: `(batch, time)`, integers.
            y_pred: `(batch, time, classes)`.
            sample_weight: `(batch,)`, `(batch, time)` or None.
        """
        steps = slice(self.start, self.stop)
        if sample_weight is not None and ops.ndim(sample_weight) > 1:
            sample_weight = sample_weight[:, steps]
        super().update_state(y_true[:, steps], y_pred[:, steps], sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Arguments of the metric."""
        return {
            "name": self.name,
            "dtype": self.dtype,
            "start": self.start,
            "stop": self.stop,
        }


@keras.saving.register_keras_serializable("zoo")
class BitsPerCharacter(keras.metrics.SparseCategoricalCrossentropy):
    """The cross entropy in bits; 0 means certain and correct.

    Args:
        name: Name in the logs.
        dtype: As of every metric.
    """

    def __init__(
        self, name: str = "bits_per_character", dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)

    def result(self) -> Any:
        """Bits per character so far."""
        return super().result() / math.log(2)

    def get_config(self) -> dict[str, Any]:
        """Arguments of the metric."""
        return {"name": self.name, "dtype": self.dtype}


@keras.saving.register_keras_serializable("zoo")
class NegativeLogLikelihood(keras.metrics.MeanMetricWrapper):
    """The nats a step of yes-or-no questions that are asked at once.

    Their binary cross entropies are added up, not averaged, and steps that
    are padding do not count.

    Args:
        name: Name in the logs.
        dtype: As of every metric.
    """

    def __init__(self, name: str = "nll", dtype: Any = None) -> None:
        super().__init__(_nats, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """Arguments of the metric."""
        return {"name": self.name, "dtype": self.dtype}


def _nats(y_true: Any, y_pred: Any) -> Any:
    return ops.sum(ops.binary_crossentropy(y_true, y_pred), axis=-1)


_OWN: dict[str, Callable[[Task], Any]] = {
    "recall_accuracy": lambda task: RecallAccuracy(*task.tested),
    "bits_per_character": lambda task: BitsPerCharacter(),
    "nll": lambda task: NegativeLogLikelihood(),
    # The answers have variance 1.
    "nrmse": lambda task: keras.metrics.RootMeanSquaredError("nrmse"),
}
