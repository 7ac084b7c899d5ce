"""From the tensors of a step to the flow that statistics read."""

from __future__ import annotations

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

    Args:
        variables: The variables, in the order of the window's layout.
        window: Where their numbers go.

    Attributes:
        owner: `(units,)`, index of the measured target that a unit is of.
    """

    def __init__(self, variables: Sequence[Any], window: Window) -> None:
        # Holds the variables, so that their ids are not used again.
        self.variables = list(variables)
        self.window = window
        lengths = [target.units for target in window.layout.measured]
        self.owner = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        with tf.init_scope():
            self._quiet_steps = tf.Variable(
                tf.zeros(len(self.owner)),
                trainable=False,
                name="kgrad_quiet_steps",
            )

    def weights(self) -> list[Any]:
        """The variables as they are now, as views."""
        return [_view(_value(variable)) for variable in self.variables]

    def flow(self, given: Given, before: list[Any]) -> Flow:
        """What passed in this step; counts the steps that units are quiet.

        Args:
            given: What the optimizer was given.
            before: The `weights` before it was called.
        """
        gradients = [_view(_touched(g)) for g in given.gradients]
        clipped = gradients
        if given.clipped is not given.gradients:
            clipped = [_view(_touched(g)) for g in given.clipped]
        largest = unit_max(gradients)
        quiet = tf.where(tf.equal(largest, 0.0), self._quiet_steps + 1.0, 0.0)
        if given.complete is not None:
            quiet = tf.where(given.complete, quiet, self._quiet_steps)
        self._quiet_steps.assign(quiet)
        return Flow(gradients, clipped, before, self.weights(), largest, quiet)


def _value(variable: Any) -> Any:
    if isinstance(variable, keras.Variable):
        variable = variable.value
    return tf.convert_to_tensor(variable)


def _view(tensor: Any) -> Any:
    """`(rows, units)`, without copying."""
    if len(tensor.shape) == 2:
        return tensor
    units = tensor.shape[-1] if len(tensor.shape) else 1
    return tf.reshape(tensor, (-1, units))


def _touched(gradient: Any) -> Any:
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
