"""Of a table that is trained sparsely: the rows that a step touches.

The gradient of an embedding names rows; an optimizer such as plain SGD
changes these and no others. A table may have a hundred million numbers, of
which a step touches a thousandth: only what is touched is read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from kgrad.step.optimizers import innermost
from kgrad.step.replicas import own_variable
from kgrad.step.statistics.squares import at_least_float32, columns

RECOUNT_STEPS = 1024
"""After so many steps the norm of the whole table is computed afresh.

In between it follows from what the touched rows were before and after; what
else writes to the table, such as a callback, is seen with the next count.
"""

_BLOCK = 2**20
_READS = {"ReadVariableOp", "ResourceGather", "ResourceGatherNd"}


class TouchedRows:
    """The rows that a gradient names, each once.

    Args:
        slices: The gradient, `tf.IndexedSlices`; it may name a row twice.
    """

    def __init__(self, slices: Any) -> None:
        self._order = tf.argsort(slices.indices)
        indices = tf.gather(slices.indices, self._order)
        new = tf.cast(indices[1:] != indices[:-1], tf.int32)
        self._segments = tf.concat(
            [tf.zeros_like(indices[:1], tf.int32), tf.cumsum(new)], 0
        )
        self._count = tf.size(indices)
        # Behind the last row stand negative numbers: the shape is static.
        self._rows = tf.math.unsorted_segment_max(
            indices, self._segments, self._count
        )

    def sums(self, slices: Any) -> Any:
        """`(slices, ...)`: each row's slices added up, zeros behind them."""
        values = tf.gather(slices.values, self._order)
        return tf.math.unsorted_segment_sum(values, self._segments, self._count)

    def of(self, table: Any) -> Any:
        """`(slices, units)`: what a `tf.Variable` has there, then anything."""
        return tf.gather(table, tf.maximum(self._rows, 0))

    def change(self, before: Any, after: Any) -> Any:
        """`(slices, units)`: what was added to each row, zeros behind them.

        Args:
            before: What `of` gave before the update.
            after: What it gave after it.
        """
        there = (self._rows >= 0)[:, tf.newaxis]
        change = at_least_float32(after) - at_least_float32(before)
        return tf.where(there, change, tf.zeros((), change.dtype))


class TableSquares:
    """Sums of squares of a table's columns, kept up row by row.

    Args:
        units: Columns of the table.
    """

    def __init__(self, units: int) -> None:
        self._sums = own_variable(np.zeros(units), "kgrad_squares")
        self._wait = own_variable(0, "kgrad_recount")

    def recount(self) -> None:
        """The next step computes them afresh."""
        self._wait.assign(0)

    def before(self, table: Any) -> Any:
        """`(units,)`, float64: as of now, before the update."""
        due = self._wait <= 0
        self._wait.assign(tf.where(due, RECOUNT_STEPS, self._wait) - 1)
        sums = tf.cond(
            due,
            lambda: sums_of_squares(table),
            lambda: tf.identity(self._sums),
        )
        self._sums.assign(sums)
        return sums

    def updated(self, before: Any, change: Any) -> Any:
        """Takes the update of some rows into account.

        Args:
            before: What each was before, `(rows, units)`.
            change: What was added to it.

        Returns:
            `(units,)`, float64: the sums of squares of what was added.
        """
        update = columns(change, tf.float32)
        across = tf.reduce_sum(tf.cast(before, change.dtype) * change, axis=0)
        self._sums.assign_add(update + 2.0 * tf.cast(across, tf.float64))
        return update


def sums_of_squares(table: Any) -> Any:
    """`(units,)`, float64; in blocks, so that the table is never copied."""
    count, units = table.shape[0], table.shape[-1]
    block = max(_BLOCK // units, 1)

    def add(first: Any, total: Any) -> Any:
        rows = first + tf.range(block)
        values = tf.gather(table, tf.minimum(rows, count - 1))
        values = tf.where((rows < count)[:, tf.newaxis], values, 0)
        squares = tf.square(tf.cast(values, tf.float64))
        return first + block, total + tf.reduce_sum(squares, axis=0)

    _, total = tf.while_loop(
        lambda first, total: first < count,
        add,
        (0, tf.zeros(units, tf.float64)),
        parallel_iterations=1,
    )
    return total


def changes_touched_rows_only(
    optimizer: Any, variable: Any, table: Any, slices: Any
) -> bool:
    """Whether an update leaves all rows alone that the gradient does not name.

    The optimizer is asked for its update in a graph that never runs: what
    that writes to the table is seen there. Plain SGD, Adagrad and RMSprop
    scatter; Adam and momentum rewrite the whole table.

    Args:
        optimizer: A built `keras.optimizers.Optimizer`.
        variable: The `keras.Variable`.
        table: The `tf.Variable` that holds its value here, of two axes.
        slices: Its gradient as the optimizer uses it.
    """
    inner = innermost(optimizer)
    if (
        not isinstance(slices, tf.IndexedSlices)
        or inner.weight_decay
        or inner.use_ema
        or inner.gradient_accumulation_steps
        or getattr(variable, "constraint", None) is not None
    ):
        return False
    graph = tf.__internal__.FuncGraph("kgrad_probe")
    with graph.as_default():
        gradient = tf.IndexedSlices(
            tf.zeros((1, table.shape[-1]), slices.dtype),
            tf.zeros(1, slices.indices.dtype),
            tf.constant(table.shape.as_list(), slices.indices.dtype),
        )
        inner.update_step(gradient, table, tf.constant(0.1))
        uses = {op.type for op in graph.capture(table.handle).consumers()}
    writes = uses - _READS
    return bool(writes) and all(w.startswith("ResourceScatter") for w in writes)
