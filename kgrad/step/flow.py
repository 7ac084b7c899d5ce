"""From the tensors of a step to the flow that statistics read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kgrad.step.replicas import own_variable
from kgrad.step.sparse_rows import (
    TableSquares,
    TouchedRows,
    changes_touched_rows_only,
)
from kgrad.step.statistics.base import Flow, unit_max
from kgrad.step.statistics.squares import MANY
from kgrad.step.step_gradients import StepGradients
from kgrad.step.window import Window


@dataclass(frozen=True)
class PreUpdateState:
    """What is kept of a step until its update has been made.

    Args:
        touched: By index of a variable with a sparse gradient, its rows.
        squares: By index of those of which nothing else is updated,
            `(units,)`: sums of squares of the whole table.
        weights: The variables; of those of `squares` the touched rows.
    """

    touched: Mapping[int, TouchedRows]
    squares: Mapping[int, Any]
    weights: Sequence[Any] = ()


class FlowBuilder:
    """Turns the tensors of a set of variables into a flow, step by step.

    Small variables with the same number of rows are laid side by side and
    measured in one go: the cost of a small step is the number of its
    operations. Large ones are not copied.

    Args:
        variables: The variables, in the order of the window's layout.
        window: Where their numbers go.
    """

    def __init__(self, variables: Sequence[Any], window: Window) -> None:
        # Holds the variables, so that their ids are not used again.
        self.variables = list(variables)
        self.window = window
        targets = window.layout.measured
        owner = np.repeat(
            np.arange(len(targets), dtype=np.int32),
            [target.units for target in targets],
        )
        self._units = [v.shape[-1] if len(v.shape) else 1 for v in variables]
        self._owners = np.split(owner, np.cumsum(self._units)[:-1])
        # By the index of a variable that is trained sparsely.
        self._tables: dict[int, TableSquares] = {}
        self._quiet_steps = own_variable(
            np.zeros(len(owner), np.float32), "kgrad_quiet_steps"
        )

    def recount(self) -> None:
        """Recomputes kept sums: others may have written to the variables."""
        for table in self._tables.values():
            table.recount()

    def before(self, optimizer: Any, step: StepGradients) -> PreUpdateState:
        """What the variables are before the update.

        Args:
            optimizer: It is going to make the update.
            step: What it was given.
        """
        touched: dict[int, TouchedRows] = {}
        squares: dict[int, Any] = {}
        for i, (gradient, clipped) in enumerate(
            zip(step.gradients, step.clipped, strict=True)
        ):
            if not isinstance(gradient, tf.IndexedSlices):
                continue
            touched[i] = TouchedRows(gradient)
            variable, table = self.variables[i], _table(self.variables[i])
            if table is not None and changes_touched_rows_only(
                optimizer, variable, table, clipped
            ):
                if i not in self._tables:
                    self._tables[i] = TableSquares(self._units[i])
                squares[i] = self._tables[i].before(table)
        before = PreUpdateState(touched, squares)
        return replace(before, weights=self._weights(before))

    def _weights(self, before: PreUpdateState) -> list[Any]:
        """The variables as they are now; of some only the touched rows."""
        return [
            before.touched[i].of(_table(variable))
            if i in before.squares
            else _value(variable)
            for i, variable in enumerate(self.variables)
        ]

    def flow(self, step: StepGradients, before: PreUpdateState) -> Flow:
        """The flow of this step; also counts the quiet steps of each unit.

        Args:
            step: What the optimizer was given.
            before: What `before` gave when it had not been called.
        """
        groups = self._groups(step.gradients)
        touched = before.touched
        gradients = self._side_by_side(step.gradients, groups, touched)
        clipped = gradients
        if step.clipped is not step.gradients:
            clipped = self._side_by_side(step.clipped, groups, touched)
        after = self._weights(before)
        known = {
            i: self._known(touched[i], i, before, after[i])
            for i in before.squares
        }
        largest = unit_max(gradients)
        quiet = tf.where(tf.equal(largest, 0.0), self._quiet_steps + 1.0, 0.0)
        if step.complete is not None:
            quiet = tf.where(step.complete, quiet, self._quiet_steps)
        self._quiet_steps.assign(quiet)
        return Flow(
            gradients=gradients,
            clipped=clipped,
            before=self._side_by_side(before.weights, groups),
            after=self._side_by_side(after, groups),
            unit_max=largest,
            quiet_steps=quiet,
            owner=np.concatenate([self._owners[i] for g in groups for i in g]),
            factor=step.factor,
            known=[known.get(group[0]) for group in groups],
        )

    def _known(
        self, touched: TouchedRows, i: int, before: PreUpdateState, after: Any
    ) -> tuple[Any, Any]:
        """Of a table: sums of squares of all weights, and of the update."""
        weights = before.weights[i]
        change = touched.change(weights, after)
        return before.squares[i], self._tables[i].updated(weights, change)

    def _groups(self, gradients: Sequence[Any]) -> list[list[int]]:
        groups: dict[Any, list[int]] = {}
        for i, gradient in enumerate(gradients):
            rows = math.prod(self.variables[i].shape[:-1])
            sparse = isinstance(gradient, tf.IndexedSlices)
            alone = sparse or rows * self._units[i] > MANY
            key = i if alone else (rows, gradient.dtype)
            groups.setdefault(key, []).append(i)
        return list(groups.values())

    def _side_by_side(
        self,
        tensors: Sequence[Any],
        groups: list[list[int]],
        touched: Mapping[int, TouchedRows] = MappingProxyType({}),
    ) -> list[Any]:
        """`(rows, units)` for each group; a single variable is not copied."""
        joined = []
        for group in groups:
            parts = [
                touched[i].sums(tensors[i])
                if isinstance(tensors[i], tf.IndexedSlices)
                else tensors[i]
                for i in group
            ]
            views = [
                _view(part, self._units[i])
                for i, part in zip(group, parts, strict=True)
            ]
            joined.append(tf.concat(views, 1) if len(group) > 1 else views[0])
        return joined


def _value(variable: Any) -> Any:
    if isinstance(variable, keras.Variable):
        variable = variable.value
    return tf.convert_to_tensor(variable)


def _table(variable: Any) -> Any:
    """The `tf.Variable` of two axes that holds it here, or None."""
    if isinstance(variable, keras.Variable):
        variable = variable.value
    if not isinstance(variable, tf.Variable) or len(variable.shape) != 2:
        return None
    local = tf.distribute.get_strategy().experimental_local_results(variable)
    return local[0]


def _view(tensor: Any, units: int) -> Any:
    if len(tensor.shape) == 2:
        return tensor
    return tf.reshape(tensor, (-1, units))
