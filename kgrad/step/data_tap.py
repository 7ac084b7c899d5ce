"""What goes into a step, what comes out, and what it is compared with.

Aggregates of it are written into variables of the tap's own while the step
runs: no sample ever leaves the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import tensorflow as tf

from kgrad.records import DataSummary
from kgrad.step import replicas
from kgrad.step.data_numbers import numbers_of
from kgrad.step.loss_call import LossCall, loss_tapped
from kgrad.step.tensor_layout import TensorLayout, layout_of_tensor

_HEADER = 2


class DataTap:
    """Measures the data of a step.

    With several replicas, the share of the first one.

    Args:
        model: The `keras.Model`.
        failed: Called with an exception if measuring fails; the step then
            continues without it.
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
            row = replicas.host_value(table)
            if row[0]:
                found = _summary(layouts, row)
                table.assign(np.zeros_like(row))
        return found

    def _after(self, call: LossCall, loss: Any) -> None:
        try:
            self._measure(call, loss)
        except Exception as error:
            self._failed(error)

    def _measure(self, call: LossCall, loss: Any) -> None:
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
        header = tf.stack([1.0, _whole_loss(loss)])
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
