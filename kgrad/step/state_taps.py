"""Reads the gradient through time from the step's own backward pass.

Inside a recurrent layer's scan every new state passes through an identity
whose backward function receives dL/dh_t. It returns the norm as the gradient
of a zero that is scanned along with the inputs, so after the loop all norms
reach the source of those zeros, whose backward function writes them to a
variable. Nothing inside the loop has a side effect, which TensorFlow's loop
gradients would refuse, and XLA can compile it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


def zeros_to(
    write: Callable[[Any], None],
    anchor: Any,
    rows: Any,
    steps: Any,
    columns: int,
) -> Any:
    """`(rows, steps, columns)` zeros whose gradient is recorded.

    Args:
        write: Receives the gradient in the backward pass.
        anchor: A weight that the step differentiates: the zeros must depend
            on one for their gradient to be asked for. They add nothing to its
            gradient.
        rows: 1, or the batch size for norms sample by sample.
        steps: Time steps of the scan.
        columns: Number of norms a time step.
    """

    @tf.custom_gradient
    def source(weight: Any) -> Any:
        def back(squares: Any) -> Any:
            # Once here, not in every step of the scan.
            write(tf.cast(tf.sqrt(2.0 * squares), tf.float32))
            # Zeros would be one more summand of its gradient, and sums of
            # many are made in groups: the others would be rounded otherwise.
            return None

        return tf.zeros((rows, steps, columns), tf.float64), back

    return source(anchor)


def half_square(gradient: Any, axes: list[int] | None = None) -> Any:
    """Half the sum of squares, in float64, so that nothing underflows.

    Args:
        gradient: `(batch, ...)`.
        axes: What to sum over; by default all.
    """
    gradient = tf.cast(gradient, tf.float64)
    if axes is None:
        return tf.nn.l2_loss(gradient)  # In one pass.
    return tf.reduce_sum(tf.square(gradient), axes) / 2.0


def largest(gradient: Any, axes: list[int] | None = None) -> Any:
    """Largest absolute entry, float64; a tenth of the cost of a norm."""
    return tf.cast(tf.reduce_max(tf.abs(gradient), axes), tf.float64)


def tapped(
    states: Sequence[Any], zero: Any, output: Any = None
) -> tuple[list[Any], Any]:
    """Identities that measure their gradients.

    All at once, so that nothing is taken apart and put together in every
    step of the scan.

    Args:
        states: Tensors, `(batch, ...)`.
        zero: A zero whose gradient is what is measured: `(1, columns)`, or
            `(batch, columns)` for numbers of each sample. A column for each
            state; one more in front is for the output.
        output: A tensor that is returned by the scan, which may be one of
            the states; None for none.

    Returns:
        States and output.
    """
    every, count = zero.shape[0] != 1, len(states)
    place = next((i for i, x in enumerate(states) if x is output), None)

    @tf.custom_gradient
    def tap(zero: Any, *tensors: Any) -> Any:
        def back(*gradients: Any) -> Any:
            whole, first = list(gradients), []
            if output is not None:
                first = [largest(whole[-1], _axes(whole[-1], every))]
            if place is not None:
                whole[place] += whole.pop()
            row = [half_square(g, _axes(g, every)) for g in whole[:count]]
            if len(first + row) < zero.shape[1]:
                first = [tf.zeros_like(row[0])]
            row = first + row
            return tf.reshape(tf.stack(row, -1), tf.shape(zero)), *whole

        last = [] if place is None else [tensors[place]]
        return [tf.identity(x) for x in (*tensors, *last)], back

    apart = [output] if output is not None and place is None else []
    passed = tap(zero, *states, *apart)
    return list(passed[:count]), None if output is None else passed[-1]


def _axes(gradient: Any, every: bool) -> list[int] | None:
    return list(range(1, len(gradient.shape))) if every else None
