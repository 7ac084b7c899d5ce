"""From the tensors of a step to the flow that statistics read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kgrad.sources.given import Given
from kgrad.statistics.base import Flow, unit_max
from kgrad.window import Window


class Gauge:
    """Turns the tensors of a set of variables into a flow, step by step.

    Variables with the same number of rows are laid side by side and measured
    in one go: the cost of a small step is the number of its operations.

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
        with tf.init_scope():
            self._quiet_steps = tf.Variable(
                tf.zeros(len(owner)),
                trainable=False,
                name="kgrad_quiet_steps",
            )

    def weights(self) -> list[Any]:
        """The variables as they are now."""
        return [_value(variable) for variable in self.variables]

    def flow(self, given: Given, before: list[Any]) -> Flow:
        """What passed in this step; counts the steps that units are quiet.

        Args:
            given: What the optimizer was given.
            before: The `weights` before it was called.
        """
        groups = self._groups(given.gradients)
        gradients = self._side_by_side(given.gradients, groups)
        clipped = gradients
        if given.clipped is not given.gradients:
            clipped = self._side_by_side(given.clipped, groups)
        largest = unit_max(gradients)
        quiet = tf.where(tf.equal(largest, 0.0), self._quiet_steps + 1.0, 0.0)
        if given.complete is not None:
            quiet = tf.where(given.complete, quiet, self._quiet_steps)
        self._quiet_steps.assign(quiet)
        return Flow(
            gradients=gradients,
            clipped=clipped,
            before=self._side_by_side(before, groups),
            after=self._side_by_side(self.weights(), groups),
            unit_max=largest,
            quiet_steps=quiet,
            owner=np.concatenate([self._owners[i] for g in groups for i in g]),
            factor=given.factor,
        )

    def _groups(self, gradients: Sequence[Any]) -> list[list[int]]:
        groups: dict[Any, list[int]] = {}
        for i, gradient in enumerate(gradients):
            rows = math.prod(self.variables[i].shape[:-1])
            sparse = isinstance(gradient, tf.IndexedSlices)
            key = i if sparse else (rows, gradient.dtype)
            groups.setdefault(key, []).append(i)
        return list(groups.values())

    def _side_by_side(
        self, tensors: Sequence[Any], groups: list[list[int]]
    ) -> list[Any]:
        """`(rows, units)` for each group; a single variable is not copied."""
        joined = []
        for group in groups:
            views = [_view(touched(tensors[i]), self._units[i]) for i in group]
            joined.append(tf.concat(views, 1) if len(group) > 1 else views[0])
        return joined


def _value(variable: Any) -> Any:
    if isinstance(variable, keras.Variable):
        variable = variable.value
    return tf.convert_to_tensor(variable)


def _view(tensor: Any, units: int) -> Any:
    if len(tensor.shape) == 2:
        return tensor
    return tf.reshape(tensor, (-1, units))


def touched(gradient: Any) -> Any:
    """A dense gradient as it is; of a sparse one the summed rows it touches.

    Rows that stand for the same index are added up: sorted by index, each
    run of equal ones is a segment. The result has as many rows as there are
    slices, zeros behind the last segment, so that its shape is static.
    """
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    order = tf.argsort(gradient.indices)
    indices = tf.gather(gradient.indices, order)
    values = tf.gather(gradient.values, order)
    new = tf.cast(indices[1:] != indices[:-1], tf.int32)
    segments = tf.concat(
        [tf.zeros_like(indices[:1], tf.int32), tf.cumsum(new)], 0
    )
    return tf.math.unsorted_segment_sum(values, segments, tf.size(indices))
