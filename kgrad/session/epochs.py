"""The metrics of an epoch, and the number of samples behind each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from kgrad.records import Epoch
from kgrad.step.replicas import whole_number


class EpochReader:
    """Follows a model's metrics through an epoch.

    Keras uses the same metric objects for training and for validation, so
    the number of samples has to be read before validation begins and when
    it has ended.
    """

    def __init__(self) -> None:
        self._training: dict[str, int] = {}
        self._validation: dict[str, int] = {}

    def validation_begins(self, model: Any) -> None:
        """The metrics still hold the training data."""
        self._training = _samples(model)

    def validation_ends(self, model: Any) -> None:
        """The metrics hold the validation data."""
        self._validation = _samples(model)

    def epoch_ends(
        self, model: Any, epoch: int, step: int, logs: Mapping[str, Any]
    ) -> Epoch:
        """The record of the epoch; the next one begins.

        Args:
            model: The `keras.Model`.
            epoch: 0-based.
            step: The last optimizer step.
            logs: Keras' logs of the epoch.
        """
        training = self._training if self._validation else _samples(model)
        samples = training | {
            f"val_{name}": count for name, count in self._validation.items()
        }
        self._training, self._validation = {}, {}
        values = {k: float(v) for k, v in logs.items() if _is_number(v)}
        return Epoch(
            epoch=epoch,
            step=step,
            logs=values,
            samples={k: n for k, n in samples.items() if k in values},
        )


def _samples(model: Any) -> dict[str, int]:
    """Samples seen by each metric that is a mean over samples."""
    return {
        metric.name: whole_number(metric.count)
        for metric in _flat(getattr(model, "metrics", ()))
        if isinstance(metric, keras.metrics.Mean)
    }


def _flat(metrics: Any) -> Iterator[Any]:
    for metric in metrics:
        inner = getattr(metric, "metrics", None)
        if inner:
            yield from _flat(inner)
        else:
            yield metric


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
