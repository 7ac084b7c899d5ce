"""Keeps a step that was left out from the metrics of its epoch."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from kgrad.guard.guard import Guard
from kgrad.step.conditional import conditional
from kgrad.step.patching import PatchedAttributes
from kgrad.step.replicas import index


class MetricGuard:
    """Puts metrics back to what they were before a step that was left out.

    One NaN in a batch, and the mean loss of the epoch is NaN, which other
    callbacks take for the end. Keras' `train_step` adds to the loss before
    the optimizer is called, and to the other metrics after it: they are read
    when the loss is computed, and put back when all have been added to. A
    `train_step` of the user's that goes another way keeps its own metrics.

    Args:
        model: The `keras.Model`.
        guard: What says whether a step was left out.
    """

    def __init__(self, model: Any, guard: Guard) -> None:
        self._model = model
        self._guard = guard
        # By replica: each has metrics of its own.
        self._before: dict[int, list[tuple[Any, Any]]] = {}

    def listening(self) -> PatchedAttributes:
        """Stands in for two of the model's methods as long as it is open."""
        model = self._model
        compute_loss, compute_metrics = (
            model._compute_loss,
            model.compute_metrics,
        )

        def tapped_loss(*args: Any, **kwargs: Any) -> Any:
            self._guard.verdicts.pop(index(), None)
            loss = compute_loss(*args, **kwargs)
            if kwargs.get("training", True):
                self._read(kwargs.get("y"), kwargs.get("y_pred"))
            return loss

        def tapped_metrics(*args: Any, **kwargs: Any) -> Any:
            results = compute_metrics(*args, **kwargs)
            verdict = self._guard.verdicts.pop(index(), None)
            before = self._before.pop(index(), [])
            if verdict is None or not before:
                return results
            conditional(verdict, _nothing, lambda: _put_back(before))
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
    """The guard of a model's metrics, None where there is nothing to guard.

    Args:
        model: The `keras.Model`, or None.
        guard: What stands before the optimizer, or None.
    """
    if guard is None or not guard.leaves_out or not hasattr(model, "metrics"):
        return None
    return MetricGuard(model, guard)


def _put_back(before: list[tuple[Any, Any]]) -> None:
    for variable, value in before:
        variable.assign(value)


def _nothing() -> None:
    pass
