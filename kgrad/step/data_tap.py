"""What goes into a step, what comes out, and what it is compared with.

All of it meets at the model's `compute_loss`. The tap stands in for it on the
model *instance*, passes everything on untouched, and writes aggregates into
variables of its own; no sample ever leaves the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kgrad.records import DataSummary, Role
from kgrad.records.summaries import named_parts
from kgrad.step import replicas
from kgrad.step.data_numbers import (
    TensorLayout,
    layout_of_tensor,
    numbers_of,
)
from kgrad.step.names import input_names, output_names
from kgrad.step.patching import PatchedAttributes

_HEADER = 2


@dataclass(frozen=True)
class LossCall:
    """A call of `compute_loss`.

    Args:
        x: Inputs, nested or not.
        y: Targets.
        y_pred: Predictions.
        sample_weight: Sample weights.
        loss: What was returned.
        training: Whether the step trains.
    """

    x: Any
    y: Any
    y_pred: Any
    sample_weight: Any
    loss: Any
    training: bool

    def tensors(self, model: Any) -> Iterator[tuple[Role, str, Any]]:
        """Role, name and tensor of each, in the order of the data flow."""
        inputs, outputs = input_names(model), output_names(model)
        given: tuple[tuple[Role, Any, tuple[str, ...]], ...] = (
            ("input", self.x, inputs),
            ("target", self.y, outputs),
            ("sample_weight", self.sample_weight, outputs),
            ("prediction", self.y_pred, outputs),
        )
        for role, data, names in given:
            for name, tensor in named_parts(data, names):
                yield role, name, tensor


def loss_tapped(
    model: Any, after: Callable[[LossCall], None]
) -> AbstractContextManager[Any]:
    """Calls `after` with what the model's `compute_loss` was called with.

    Args:
        model: The `keras.Model`, or None.
        after: It must not raise.
    """
    if not isinstance(model, keras.Model):
        return nullcontext()
    compute_loss = model.compute_loss

    def tapped(*args: Any, **kwargs: Any) -> Any:
        loss = compute_loss(*args, **kwargs)
        names = ("x", "y", "y_pred", "sample_weight", "training")
        given: dict[str, Any] = dict.fromkeys(names) | {"training": True}
        given |= dict(zip(names, args, strict=False)) | kwargs
        after(LossCall(**{name: given[name] for name in names}, loss=loss))
        return loss

    return PatchedAttributes(model, compute_loss=tapped)


class DataTap:
    """Measures the data of a step.

    With several replicas, the share of the first one.

    Args:
        model: The `keras.Model`.
        failed: Called with an exception if measuring fails; the step then
            goes on without it.
    """

    def __init__(self, model: Any, failed: Callable[[Exception], None]) -> None:
        self._model = model
        self._failed = failed
        # By what a batch is made of: batches of other shapes fit as well.
        self._tables: dict[tuple[TensorLayout, ...], Any] = {}
        self._traced: list[Any] = []

    def listening(self) -> AbstractContextManager[Any]:
        """Reads what is traced, or run eagerly, while it is open."""
        self._traced = []
        return loss_tapped(self._model, self._after)

    @property
    def tables(self) -> list[Any]:
        """The variables that are written in the step that is traced."""
        return self._traced

    def read(self) -> DataSummary | None:
        """The data of the last step that was read, None if it is unknown."""
        found = None
        for layouts, table in self._tables.items():
            row = table.numpy()
            if row[0]:
                found = _summary(layouts, row)
                table.assign(np.zeros_like(row))
        return found

    def _after(self, call: LossCall) -> None:
        if not call.training:
            return
        try:
            self._measure(call)
        except Exception as error:
            self._failed(error)

    def _measure(self, call: LossCall) -> None:
        found = []
        for role, name, tensor in call.tensors(self._model):
            layout = layout_of_tensor(role, name, tensor)
            if layout is not None:
                found.append((layout, tensor))
        layouts = tuple(layout for layout, _ in found)
        if layouts not in self._tables:
            width = _HEADER + sum(layout.width for layout in layouts)
            self._tables[layouts] = replicas.own_variable(
                np.zeros(width, np.float32), "kgrad_data"
            )
        table = self._tables[layouts]
        if replicas.index():
            return
        self._traced = [table]
        rows = [numbers_of(layout, tensor) for layout, tensor in found]
        header = tf.stack([1.0, _whole_loss(call.loss)])
        table.assign(tf.concat([header, *rows], axis=0))


def _summary(layouts: tuple[TensorLayout, ...], row: Any) -> DataSummary:
    ends = np.cumsum([_HEADER, *(layout.width for layout in layouts)])
    parts = np.split(row, ends[:-1])[1:]
    return DataSummary(
        tuple(
            layout.summary(part)
            for layout, part in zip(layouts, parts, strict=True)
        ),
        loss=float(row[1]),
    )


def _whole_loss(loss: Any) -> Any:
    """The loss, which Keras divides by the number of replicas."""
    if loss is None:
        return math.nan
    context = tf.distribute.get_replica_context()
    count = 1 if context is None else context.num_replicas_in_sync
    loss = tf.reduce_mean(tf.cast(tf.stop_gradient(loss), tf.float32))
    return loss * float(count)
