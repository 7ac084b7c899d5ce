"""Decides in the graph whether an update is too large to be applied."""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

from kgrad.records import UpdateOutcome
from kgrad.step.replicas import own_variable


class SpikeGate:
    """Compares the norm of each step with the running norm of those before.

    The running norm is the geometric mean of the norms of the applied
    updates: at first of all of them, then with exponential forgetting,

        log r  <-  log r + (log ||g|| - log r) / min(n, memory)

    so that one norm of a thousand times the usual moves it by 7%, not by a
    factor of ten. Norms that are 0 or not finite do not enter it.

    Args:
        factor: Multiple of the running norm that is too large; infinite for
            no limit.
        patience: After this many too large ones in a row the next is applied,
            and the running norm restarts at its norm.
        warmup: Number of norms before there is a limit.
        memory: Number of norms that the running norm remembers.
    """

    def __init__(
        self, factor: float, patience: int, warmup: int, memory: int
    ) -> None:
        self._factor = factor
        self._patience = patience
        self._warmup = warmup
        self._memory = memory
        self._longest = max(warmup, memory)
        # log r, n, and how many in a row were skipped: in one variable, since
        # a small step costs its number of operations.
        self._state = own_variable([0.0, 0.0, 0.0], "kgrad_gate")

    def decide(self, norm: Any, routine: Any) -> tuple[Any, Any]:
        """The outcome of an update, and the limit of its norm.

        Args:
            norm: Scalar float32, the global norm of its gradients.
            routine: Scalar bool, whether loss scaling will skip it; None
                without loss scaling.

        Returns:
            Scalar float32, an `UpdateOutcome`; and scalar float32, infinite
            without a limit.
        """
        finite = tf.math.is_finite(norm)
        if math.isinf(self._factor):
            outcome = tf.where(finite, 0.0, float(UpdateOutcome.NOT_FINITE))
            return _with_routine(outcome, routine), tf.constant(math.inf)
        level, count, in_a_row = tf.unstack(tf.convert_to_tensor(self._state))
        limit = tf.where(
            count >= self._warmup, self._factor * tf.exp(level), math.inf
        )
        # Infinity, above any limit too, is left to the other outcome.
        large = tf.logical_and(norm > limit, finite)
        gives_in = tf.logical_and(large, in_a_row >= self._patience)
        too_large = tf.where(
            gives_in,
            float(UpdateOutcome.NEW_LEVEL),
            float(UpdateOutcome.TOO_LARGE),
        )
        small = tf.where(finite, 0.0, float(UpdateOutcome.NOT_FINITE))
        outcome = tf.where(large, too_large, small)

        first = tf.stack([tf.math.log(norm), 1.0, 0.0])
        share = 1.0 / tf.minimum(count + 1.0, self._memory)
        next_one = tf.stack(
            [
                level + (first[0] - level) * share,
                tf.minimum(count + 1.0, self._longest),
                0.0,
            ]
        )
        skipped = tf.stack([level, count, in_a_row + 1.0])
        counted = tf.logical_and(finite, norm > 0.0)
        state = tf.where(
            large,
            tf.where(gives_in, first, skipped),
            tf.where(counted, next_one, self._state),
        )
        self._state.assign(state)
        return _with_routine(outcome, routine), limit

    def begin_again(self) -> None:
        """The next update is no longer in a row with those skipped before."""
        level, count, _ = self._state.numpy()
        self._state.assign([level, count, 0.0])


def _with_routine(outcome: Any, routine: Any) -> Any:
    if routine is None:
        return outcome
    return tf.where(routine, float(UpdateOutcome.SCALED), outcome)
