"""Reads the gradient through time from the step's own backward pass.

Inside a recurrent layer's scan every new state passes through an identity
whose backward function receives dL/dh_t. It returns the norm as the gradient
of one of many zeros, that of its time step, so after the loop all norms reach
the source of those zeros, whose backward function writes them to a variable.
Nothing inside the loop has a side effect, which TensorFlow's loop gradients
would refuse, and XLA can compile it.

The zeros are not scanned: the gradient of what is scanned is a list with a
place for each step, made anew and added up in every step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from kgrad.step.rare import rare


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


def tapped(states: Sequence[Any], zeros: Any, index: Any) -> list[Any]:
    """Identities that measure their gradients.

    All at once, so that nothing is taken apart and put together in every
    step of the scan.

    Args:
        states: Tensors, `(batch, ...)`.
        zeros: `(time, 1, states)`, whose gradient is what is measured, or
            `(time, batch, states)` for numbers of each sample.
        index: `(1, 1)`, int32, the time step.
    """
    every = zeros.shape[1] != 1
    # Asked for in the backward pass, they would be kept for every step.
    shape = zeros.shape if zeros.shape.is_fully_defined() else None

    @tf.custom_gradient
    def tap(zeros: Any, *tensors: Any) -> Any:
        def back(*gradients: Any) -> Any:
            squares = [_half_square(g, every) for g in gradients]
            row = squares[0] if len(squares) == 1 else tf.stack(squares, -1)
            row = tf.reshape(row, (1, -1, len(gradients)))
            whole = tf.shape(zeros) if shape is None else shape
            return tf.scatter_nd(index, row, whole), *gradients

        return [tf.identity(x) for x in tensors], back

    return list(tap(zeros, *states))


def read_by_step(outputs: Any, zeros: Any, backwards: bool) -> Any:
    """An identity that notes the steps whose outputs the loss reads.

    Args:
        outputs: Those of all steps, `(batch, time, ...)`, in the order of the
            scan.
        zeros: `(1 or batch, time, 1)`, in the order of time, whose gradient
            is 1 at such a step and 0 at others: with 1, on the first sample,
            or, if only the last step is read there, on any.
        backwards: Whether the scan goes backwards.
    """
    every = zeros.shape[0] != 1

    @tf.custom_gradient
    def tap(zeros: Any, outputs: Any) -> Any:
        def back(gradient: Any) -> Any:
            # Who picks samples by their index gives a gradient in slices.
            whole = tf.convert_to_tensor(gradient)
            axes = list(range(2, len(whole.shape)))

            def is_read(samples: Any) -> Any:
                by_sample = tf.reduce_any(tf.not_equal(samples, 0), axes)
                if every:
                    return by_sample
                return tf.reduce_any(by_sample, 0, keepdims=True)

            if every:
                found = is_read(whole)
            else:
                # One sample tells, if its loss counts.
                first = is_read(whole[:1])
                found = tf.cond(
                    tf.reduce_any(first[:, :-1]),
                    lambda: first,
                    rare(lambda: is_read(whole)),
                )
            if backwards:
                found = tf.reverse(found, [1])
            return tf.cast(found, zeros.dtype)[..., tf.newaxis], gradient

        return tf.identity(outputs), back

    return tap(zeros, outputs)


def _half_square(gradient: Any, every: bool) -> Any:
    """Half the sum of squares, in float64, so that nothing underflows.

    Args:
        gradient: `(batch, ...)`.
        every: Whether by sample.
    """
    gradient = tf.cast(gradient, tf.float64)
    if every:
        axes = list(range(1, len(gradient.shape)))
        return tf.reduce_sum(tf.square(gradient), axes) / 2.0
    return tf.nn.l2_loss(gradient)  # In one pass.
