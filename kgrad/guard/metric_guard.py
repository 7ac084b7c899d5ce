"""Keeps skipped steps out of the metrics of their epoch."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from kgrad.guard.guard import Guard
from kgrad.step.patching import PatchedAttributes
from kgrad.step.replicas import index, replica_cond


class MetricGuard:
    """Restores the metrics to what they were before a skipped step.

    One NaN in a batch makes the mean loss of the epoch NaN, which other
    callbacks take for the end. Keras' `train_step` updates the loss before
    the optimizer is called and the other metrics after it: they are read when
    the loss is computed, and restored once all are updated. A custom
    `train_step` that does it in another way keeps its own metrics.

    Args:
        model: The `keras.Model`.
        guard: Knows whether a step was skipped.
    """

    def __init__(self, model: Any, guard: Guard) -> None:
        self._model = model
        self._guard = guard
        # By replica: each has metrics of its own.
        self._before: dict[int, list[tuple[Any, Any]]] = {}

    def listening(self) -> PatchedAttributes:
        """Replaces two of the model's methods while it is open."""
        model = self._model
        compute_loss, compute_metrics = (
            model._compute_loss,
            model.compute_metrics,
        )

        def tapped_loss(*args: Any, **kwargs: Any) -> Any:
            self._guard.applied.pop(index(), None)
            loss = compute_loss(*args, **kwargs)
            if kwargs.get("training", True):
                self._read(kwargs.get("y"), kwargs.get("y_pred"))
            return loss

        def tapped_metrics(*args: Any, **kwargs: Any) -> Any:
            results = compute_metrics(*args, **kwargs)
            applied = self._guard.applied.pop(index(), None)
            before = self._before.pop(index(), [])
            if applied is None or not before:
                return results
            replica_cond(applied, _nothing, lambda: _restore(before))
            if type(model).compute_metrics is keras.Model.compute_metrics:
                return model.get_metrics_result()
            return results

        return PatchedAttributes(
            model, _compute_loss=tapped_loss, compute_metrics=tapped_metrics
        )

    def _read(self, y: Any, y_pred: Any) -> None:
        """Reads all metrics; those that a first batch builds are built."""
        compiled = self._model._compile_metrics
        if compiled is not None and not compiled.built:
            compiled.build(y, y_pred)
        self._before[index()] = [
            (variable, tf.convert_to_tensor(variable))
            for metric in self._model.metrics
            for variable in metric.variables
        ]


def metric_guard(model: Any, guard: Guard | None) -> MetricGuard | None:
    """The guard of a model's metrics, None if there is nothing to guard.

    Args:
        model: The `keras.Model`, or None.
        guard: The guard of the optimizer, or None.
    """
    if guard is None or not guard.leaves_out or not hasattr(model, "metrics"):
        return None
    return MetricGuard(model, guard)


def _restore(before: list[tuple[Any, Any]]) -> None:
    for variable, value in before:
        variable.assign(value)


def _nothing() -> None:
    pass
