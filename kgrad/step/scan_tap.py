"""Reads the gradient through time from the step's own backward pass.

Inside a recurrent layer's scan every new state goes through an identity,
whose backward function is handed dL/dh_t on its way back. It answers with
the norm, as the gradient of a zero that is scanned along with the inputs;
so all norms arrive, after the loop, at the source of those zeros, whose
backward function writes them down. Nothing has a side effect inside the
loop, which TensorFlow's loop gradients would refuse, and XLA compiles it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kgrad.step.replicas import own_variable

BINS = 512
"""Longest profile that a step keeps; longer sequences are binned."""


def zeros_to(
    write: Callable[[Any], None],
    anchor: Any,
    rows: Any,
    steps: Any,
    columns: int,
) -> Any:
    """`(rows, steps, columns)` zeros whose gradient is written down.

    Args:
        write: Takes the gradient, in the backward pass.
        anchor: A weight that the step differentiates: the zeros must depend
            on one for their gradient to be asked for. What they add to its
            gradient is zero.
        rows: 1, or the batch size for norms sample by sample.
        steps: Time steps of the scan.
        columns: Number of norms a time step.
    """

    @tf.custom_gradient
    def source(weight: Any) -> Any:
        def back(norms: Any) -> Any:
            write(norms)
            return tf.zeros_like(weight)

        return tf.zeros((rows, steps, columns)), back

    return source(anchor)


def norm(gradient: Any, axes: list[int] | None = None) -> Any:
    """L2 norm, float32; squared in float64, so that nothing underflows."""
    squares = tf.square(tf.cast(gradient, tf.float64))
    total = tf.reduce_sum(squares, axes, keepdims=True)
    return tf.cast(tf.sqrt(total), tf.float32)


def largest(gradient: Any, axes: list[int] | None = None) -> Any:
    """Largest absolute entry, float32; a tenth of the cost of a norm."""
    entry = tf.reduce_max(tf.abs(gradient), axes, keepdims=True)
    return tf.cast(entry, tf.float32)


def _tap(measure: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """An identity that measures its gradient.

    Args:
        measure: Of the gradient and the axes to reduce.

    Returns:
        A function of a tensor, `(batch, ...)`, and a zero, `(1, 1)`, or
        `(batch, 1)` for a number of each sample: gives the tensor itself;
        what was measured is the gradient of the zero.
    """

    @tf.custom_gradient
    def tap(tensor: Any, zero: Any) -> Any:
        every = zero.shape[0] != 1
        axes = list(range(1, len(tensor.shape))) if every else None

        def back(gradient: Any) -> tuple[Any, Any]:
            measured = measure(gradient, axes)
            return gradient, tf.reshape(measured, tf.shape(zero))

        return tf.identity(tensor), back

    return tap  # type: ignore[no-any-return]


tapped = _tap(norm)
noticed = _tap(largest)


class ScanTable:
    """Keeps the norms of one call of one layer, in graph, until read.

    Args:
        columns: Number of norms a time step.
    """

    def __init__(self, columns: int) -> None:
        norms = np.zeros((BINS, columns), np.float32)
        self._norms = own_variable(norms, "kgrad_time")
        self._steps = own_variable(np.int32(0), "kgrad_time_steps")

    def write(self, norms: Any) -> None:
        """Writes `(1, steps, columns)` by distance from the end.

        Of more than 512 steps, the mean of each bin.
        """
        steps = tf.shape(norms)[1]
        distance = tf.range(steps - 1, -1, -1)
        width = (steps + BINS - 1) // BINS
        self._norms.assign(
            tf.math.unsorted_segment_mean(norms[0], distance // width, BINS)
        )
        self._steps.assign(steps)

    def squares(self) -> Any:
        """`(512, columns)`, float64: the squares, of all that is written."""
        return tf.square(tf.cast(self._norms, tf.float64))

    def set_squares(self, squares: Any) -> None:
        """Takes `squares` that were summed over several processes."""
        self._norms.assign(tf.cast(tf.sqrt(squares), tf.float32))

    def read(self) -> tuple[npt.NDArray[np.float64], int]:
        """`(bins, columns)` norms in the order of time, and steps a bin."""
        steps = int(self._steps.numpy())
        width = max(-(-steps // BINS), 1)
        bins = -(-steps // width)
        return self._norms.numpy()[:bins][::-1].astype(np.float64), width
