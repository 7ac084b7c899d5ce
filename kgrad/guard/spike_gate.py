"""Whether an update is let through, decided in the graph."""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

from kgrad.records import Verdict
from kgrad.step.replicas import own_variable


class SpikeGate:
    """Compares the norm of each step with the running norm of those before.

    The running norm is the geometric mean of the norms that were let
    through: at first of all of them, then with a fading memory,

        log r  <-  log r + (log ||g|| - log r) / min(n, memory)

    so that one norm of a thousand times the usual moves it by 7 %, not by a
    factor of ten. Norms that are 0 or not finite do not enter it.

    Args:
        factor: How many times the running norm is too large; infinite for
            no limit.
        patience: After so many in a row that are too large, the next is let
            through, and the running norm begins again at its norm.
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
        # log r, n, and how many in a row were left out: in one variable, for
        # the cost of a small step is its number of operations.
        self._state = own_variable([0.0, 0.0, 0.0], "kgrad_gate")

    def judge(self, norm: Any, routine: Any) -> tuple[Any, Any]:
        """The verdict on a step, and the limit of its norm.

        Args:
            norm: Scalar float32, the global norm of its gradients.
            routine: Scalar bool, whether loss scaling will leave it out;
                None without loss scaling.

        Returns:
            Scalar float32, a `Verdict`; and scalar float32, infinite where
            there is no limit.
        """
        finite = tf.math.is_finite(norm)
        if math.isinf(self._factor):
            verdict = tf.where(finite, 0.0, float(Verdict.NOT_FINITE))
            return _with_routine(verdict, routine), tf.constant(math.inf)
        level, count, in_a_row = tf.unstack(tf.convert_to_tensor(self._state))
        limit = tf.where(
            count >= self._warmup, self._factor * tf.exp(level), math.inf
        )
        # Infinity is above any limit, too, and is left to the other verdict.
        large = tf.logical_and(norm > limit, finite)
        worn_out = tf.logical_and(large, in_a_row >= self._patience)
        too_large = tf.where(
            worn_out, float(Verdict.GAVE_IN), float(Verdict.TOO_LARGE)
        )
        small = tf.where(finite, 0.0, float(Verdict.NOT_FINITE))
        verdict = tf.where(large, too_large, small)

        first = tf.stack([tf.math.log(norm), 1.0, 0.0])
        share = 1.0 / tf.minimum(count + 1.0, self._memory)
        next_one = tf.stack(
            [
                level + (first[0] - level) * share,
                tf.minimum(count + 1.0, self._longest),
                0.0,
            ]
        )
        left_out = tf.stack([level, count, in_a_row + 1.0])
        counted = tf.logical_and(finite, norm > 0.0)
        state = tf.where(
            large,
            tf.where(worn_out, first, left_out),
            tf.where(counted, next_one, self._state),
        )
        self._state.assign(state)
        return _with_routine(verdict, routine), limit

    def begin_again(self) -> None:
        """What comes now is no longer in a row with what was left out."""
        level, count, _ = self._state.numpy()
        self._state.assign([level, count, 0.0])


def _with_routine(verdict: Any, routine: Any) -> Any:
    if routine is None:
        return verdict
    return tf.where(routine, float(Verdict.SCALED), verdict)
