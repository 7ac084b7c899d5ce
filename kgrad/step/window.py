"""The per-step table: written in the graph, read once per window.

A ring of rows in one `tf.Variable`. Each row carries its step number, so that
the host needs a single read to know which rows are new and whether any were
overwritten before they were read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kgrad.records import LEFT_OUT
from kgrad.step.decision import GuardDecision
from kgrad.step.replicas import host_value, own_variable
from kgrad.step.targets import TargetLayout

# A step number takes two float32 columns, exact up to 2^44 steps.
_STEP_BASE = 2**20
_HEADER = 8


@dataclass(frozen=True)
class Rows:
    """Rows of a window on the host.

    Args:
        steps: `(rows,)`, increasing.
        loss: `(rows,)`, float64.
        learning_rate: `(rows,)`, float64.
        outcome: `(rows,)`, an `UpdateOutcome` each.
        limit: `(rows,)`, float64, of the gradient norm; infinite for none.
        factor: `(rows,)`, float64, what clipping multiplied the gradients by.
        has_loss: `(rows,)`, whether the optimizer was told the loss.
        values: `(rows, measured targets, statistics)`, float32.
    """

    steps: npt.NDArray[np.int64]
    loss: npt.NDArray[np.float64]
    learning_rate: npt.NDArray[np.float64]
    outcome: npt.NDArray[np.int8]
    limit: npt.NDArray[np.float64]
    factor: npt.NDArray[np.float64]
    has_loss: npt.NDArray[np.bool_]
    values: npt.NDArray[np.float32]

    @property
    def skipped(self) -> npt.NDArray[np.bool_]:
        """`(rows,)`: whether the update was skipped."""
        return np.isin(self.outcome, LEFT_OUT)

    @classmethod
    def none(cls, targets: int, statistics: int) -> Rows:
        """No rows, for this many measured targets and statistics."""
        empty = np.empty(0)
        return cls(
            steps=empty.astype(np.int64),
            loss=empty,
            learning_rate=empty,
            outcome=empty.astype(np.int8),
            limit=empty,
            factor=empty,
            has_loss=empty.astype(np.bool_),
            values=np.empty((0, targets, statistics), np.float32),
        )

    def take(self, index: npt.NDArray[np.int64]) -> Rows:
        """Some of the rows."""
        return Rows(
            self.steps[index],
            self.loss[index],
            self.learning_rate[index],
            self.outcome[index],
            self.limit[index],
            self.factor[index],
            self.has_loss[index],
            self.values[index],
        )


class Window:
    """The table of one set of targets.

    Args:
        layout: The targets.
        statistics: Number of statistics per target.
        rows: Number of steps that the table holds.
    """

    def __init__(
        self, layout: TargetLayout, statistics: int, rows: int
    ) -> None:
        self.layout = layout
        self.rows = rows
        self._shape = (len(layout.measured), statistics)
        self._last_step = 0
        width = _HEADER + self._shape[0] * self._shape[1]
        table = np.zeros((rows, width), np.float32)
        self._table = own_variable(table, "kgrad_window")

    def write(
        self,
        step: tf.Tensor,
        complete: tf.Tensor | None,
        loss: tf.Tensor,
        learning_rate: tf.Tensor,
        skipped: tf.Tensor,
        values: tf.Tensor,
        decision: GuardDecision | None = None,
        has_loss: bool = True,
    ) -> None:
        """Writes a row; called while the training step is traced.

        Args:
            step: Scalar int64, the 1-based step.
            complete: Scalar bool; a row with False is not read, and the next
                call for the same step overwrites it. None is True.
            loss: Scalar float32.
            learning_rate: Scalar float32.
            skipped: Scalar bool, whether loss scaling skips the update.
            values: `(measured targets * statistics,)`, float32.
            decision: What a guard decided, None without one.
            has_loss: Whether the loss is known.
        """
        number = step
        if complete is not None:
            number = tf.where(complete, step, tf.zeros_like(step))
        header = tf.stack(
            [
                tf.cast(number // _STEP_BASE, tf.float32),
                tf.cast(number % _STEP_BASE, tf.float32),
                loss,
                learning_rate,
                *_judgement(skipped, decision),
                1.0 if has_loss else 0.0,
            ]
        )
        row = tf.concat([header, values], axis=0)
        self._table.scatter_update(
            tf.IndexedSlices(row, (step - 1) % self.rows)
        )

    def read(self) -> Rows:
        """The rows that were completed since the last read, in order."""
        table = host_value(self._table)
        steps = table[:, 0].astype(np.int64) * _STEP_BASE
        steps += table[:, 1].astype(np.int64)
        order = np.argsort(steps)
        table = table[order[steps[order] > self._last_step]]
        steps = steps[order[steps[order] > self._last_step]]
        if len(steps):
            self._last_step = int(steps[-1])
        return Rows(
            steps=steps,
            loss=table[:, 2].astype(np.float64),
            learning_rate=table[:, 3].astype(np.float64),
            outcome=table[:, 4].astype(np.int8),
            limit=table[:, 5].astype(np.float64),
            factor=table[:, 6].astype(np.float64),
            has_loss=table[:, 7] != 0,
            values=table[:, _HEADER:].reshape(len(table), *self._shape),
        )


def _judgement(
    skipped: Any, decision: GuardDecision | None
) -> tuple[Any, Any, Any]:
    """UpdateOutcome, limit and factor of a step."""
    if decision is None:
        return tf.cast(skipped, tf.float32), math.inf, 1.0
    factor = 1.0 if decision.factor is None else decision.factor
    return decision.outcome, decision.limit, factor


def in_order(
    read: Sequence[tuple[Window, Rows]],
) -> Iterator[tuple[Window, Rows]]:
    """Merges what several windows hold, in the order of the steps.

    An optimizer that is called with several sets of variables fills several
    windows, each with a part of the steps.
    """
    read = [(window, rows) for window, rows in read if len(rows.steps)]
    if len(read) == 1:
        yield from read
    if len(read) < 2:
        return
    lengths = [len(rows.steps) for _, rows in read]
    owner = np.repeat(np.arange(len(read)), lengths)
    row = np.concatenate([np.arange(length) for length in lengths])
    order = np.argsort(np.concatenate([rows.steps for _, rows in read]))
    changes = np.flatnonzero(np.diff(owner[order])) + 1
    for run in np.split(order, changes):
        window, rows = read[owner[run[0]]]
        yield window, rows.take(row[run])
