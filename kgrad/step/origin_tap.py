"""Where a step stopped being finite: looked for in that step, in its graph.

A healthy step pays for one condition. It is asked at the optimizer, where the
loss and the gradients are known; only if one of them is not finite are inputs,
targets, sample weights and predictions searched, in the order in which they
flow. A label that has no class is looked for in every step, before the loss
is computed, for that may raise an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kgrad._warnings import warn
from kgrad.records import Origin
from kgrad.records.summaries import named_parts
from kgrad.step import replicas
from kgrad.step.compiled import loss_name, loss_of
from kgrad.step.loss_call import LossCall, loss_tapped
from kgrad.step.names import output_names
from kgrad.step.origin_rows import (
    AXES,
    WIDTH,
    SearchedPart,
    SearchedStep,
    batch_of,
    origin_of,
)
from kgrad.step.rare import rare
from kgrad.step.step_gradients import reachable

_ROWS = 8
"""Steps that are told of between two reads."""


class OriginTap:
    """Finds where steps stopped being finite.

    Args:
        model: The `keras.Model`, or None.
        optimizer: The optimizer that is listened to.
        step: `tf.Variable`, the last step that was made.
    """

    def __init__(self, model: Any, optimizer: Any, step: Any) -> None:
        self._model = model
        # An overflow of gradients is part of the search for a scale.
        scaled = keras.optimizers.LossScaleOptimizer
        self._overflows = isinstance(optimizer, scaled)
        self._step = step
        self._layouts: list[tuple[SearchedPart, ...]] = []
        # By replica: each is traced in a thread of its own.
        self._searched: dict[int, SearchedStep] = {}
        self._tables: dict[int, tuple[Any, Any]] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Looks at what is traced, or run eagerly, while it is open."""
        try:
            with loss_tapped(self._model, self._after, self._before):
                yield
        finally:
            # Tensors of a graph would keep it alive.
            self._searched = {}

    def applied(self, measured: Any) -> None:
        """The optimizer was called: the step is searched if it has to be.

        Args:
            measured: What was measured of the gradients, not finite if one
                of them is not.
        """
        searched = self._searched.pop(replicas.index(), None)
        if searched is None or searched.loss is None:
            return
        try:
            if reachable(searched.loss):
                self._search(searched, measured)
        except Exception as error:
            _failed(error)

    def read(self) -> tuple[Origin, ...]:
        """What was found since the last time, in the order of the steps."""
        found: dict[int, tuple[int, Origin]] = {}
        shares: dict[int, int] = {}
        for replica, (count, table) in sorted(self._tables.items()):
            made = int(replicas.host_value(count))
            if not made:
                continue
            count.assign(0)
            for row in replicas.host_value(table)[:made]:
                step, batch = batch_of(row)
                # Replicas have equal shares of a batch, but for the last.
                offset = replica * shares.setdefault(step, batch)
                order, origin = origin_of(row, self._layouts, offset)
                if step not in found or order < found[step][0]:
                    found[step] = order, origin
        return tuple(found[step][1] for step in sorted(found))

    def _before(self, call: LossCall) -> list[Any]:
        """Keeps the tensors until the optimizer is called.

        Returns:
            What the targets must wait for: they have been looked at.
        """
        try:
            searched = self._step_of(call)
            if searched is None:
                return []
            self._searched[replicas.index()] = searched
            return list(self._look_at_labels(searched))
        except Exception as error:
            _failed(error)
            return []

    def _after(self, call: LossCall, loss: Any) -> None:
        searched = self._searched.pop(replicas.index(), None)
        if searched is not None and loss is not None:
            loss = tf.reduce_sum(tf.cast(tf.stop_gradient(loss), tf.float32))
            self._searched[replicas.index()] = replace(searched, loss=loss)

    def _step_of(self, call: LossCall) -> SearchedStep | None:
        labels = dict(_labels(self._model, call))
        parts: list[SearchedPart] = []
        tensors: list[Any] = []
        for role, name, tensor in call.tensors(self._model):
            if not isinstance(tensor, tf.Tensor) or tensor.shape.rank is None:
                continue
            axes = tensor.shape.rank
            is_labels = role == "target" and name in labels
            if 0 < axes <= AXES and (is_labels or tensor.dtype.is_floating):
                classes, ignored = labels[name] if is_labels else (0, None)
                parts.append(SearchedPart(role, name, axes, classes, ignored))
                tensors.append(tf.stop_gradient(tensor))
        if not tensors:
            return None
        layout = tuple(parts)
        if layout not in self._layouts:
            self._layouts.append(layout)
        return SearchedStep(
            # Now, before the optimizer's first replica counts it.
            step=tf.convert_to_tensor(self._step) + 1,
            layout=self._layouts.index(layout),
            parts=layout,
            tensors=tuple(tensors),
        )

    def _look_at_labels(self, searched: SearchedStep) -> Iterator[Any]:
        for place, part in enumerate(searched.parts):
            if part.classes:
                bad = tf.reduce_any(searched.without_class(place))
                yield self._write_if(bad, partial(searched.first_label, place))

    def _search(self, searched: SearchedStep, measured: Any) -> None:
        finite = tf.math.is_finite(searched.loss)
        finite &= tf.reduce_all(tf.math.is_finite(measured))
        # Gradients are those of all replicas: the first one tells of them.
        alone = not self._overflows and replicas.index() == 0

        def found() -> tuple[Any, Any]:
            row, is_known = searched.first_not_finite()
            return row, True if alone else is_known

        self._write_if(~finite, found)

    def _write_if(self, condition: Any, found: Callable[[], Any]) -> Any:
        """Writes a row, if the condition holds; a tensor, once that is done."""
        count, table = self._table()

        def write() -> Any:
            row = found()
            row, wanted = row if isinstance(row, tuple) else (row, True)
            # Without room it goes into a row that is never read.
            table.scatter_update(tf.IndexedSlices(row, count))
            made = count + tf.cast(wanted, tf.int64)
            count.assign(tf.minimum(made, _ROWS))
            return tf.constant(0)

        return tf.cond(condition, rare(write), lambda: tf.constant(0))

    def _table(self) -> tuple[Any, Any]:
        """This replica's, and how many rows of it are written."""
        replica = replicas.index()
        if replica not in self._tables:
            self._tables[replica] = (
                replicas.own_variable(0, "kgrad_origins", tf.int64),
                replicas.own_variable(
                    np.zeros((_ROWS + 1, WIDTH), np.int64), "kgrad_origin"
                ),
            )
        return self._tables[replica]


def _failed(error: Exception) -> None:
    warn("Where a step stops being finite cannot be found", error)


def _labels(
    model: Any, call: LossCall
) -> Iterator[tuple[str, tuple[int, int | None]]]:
    """Targets that are labels: number of classes, and one to pass over."""
    outputs = output_names(model)
    targets = list(named_parts(call.y, outputs))
    predictions = list(named_parts(call.y_pred, outputs))
    if len(targets) != len(predictions):
        return
    for i, ((name, _), (_, prediction)) in enumerate(
        zip(targets, predictions, strict=True)
    ):
        loss = loss_of(model, name, i, len(targets))
        if loss_name(loss) != "sparse_categorical_crossentropy":
            continue
        arguments = getattr(loss, "_fn_kwargs", {})
        classes = prediction.shape[-1] if len(prediction.shape) > 1 else None
        if classes is not None and arguments.get("axis", -1) == -1:
            yield name, (classes, arguments.get("ignore_class"))
