"""A limit of the gradient norm that follows from the norms of the run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf

from kgrad.step.replicas import own_variable


class PercentileClipper:
    """Clips at a percentile of the norms of the last steps, kept in a ring.

    Args:
        percentile: Of the norms in the ring, the current one included.
        memory: Number of norms in the ring, 4 bytes each.
    """

    def __init__(self, percentile: float, memory: int) -> None:
        self._share = percentile / 100.0
        self._memory = memory
        # Places that are not filled yet sort last.
        empty = np.full(memory, math.inf, np.float32)
        self._ring = own_variable(empty, "kgrad_clip")
        self._count = own_variable(0, "kgrad_clip_count", tf.int64)

    def factor(self, norm: Any, enters: Any) -> Any:
        """What to multiply the gradients by, scalar float32, at most 1.

        Args:
            norm: Scalar float32, their global norm.
            enters: Scalar bool, whether the norm enters the ring. One that is
                0 or not finite never does, and is not clipped.
        """
        enters = tf.logical_and(
            enters, tf.logical_and(tf.math.is_finite(norm), norm > 0.0)
        )
        place = self._count % self._memory
        filled = tf.minimum(self._count + 1, self._memory)
        limit = self._limit(norm, filled, self._others(place))
        there = tf.gather(self._ring, place)
        self._ring.scatter_nd_update([[place]], [tf.where(enters, norm, there)])
        self._count.assign_add(tf.cast(enters, tf.int64))
        return tf.where(tf.logical_and(enters, norm > limit), limit / norm, 1.0)

    def _others(self, place: Any) -> Any:
        """The norms that stay, in order, between two infinities.

        They are ranked before the gradients of the step are known.
        """
        staying = tf.tensor_scatter_nd_update(self._ring, [[place]], [math.inf])
        needed = min(int(self._share * (self._memory - 1)) + 2, self._memory)
        ranked = -tf.math.top_k(-staying, needed).values
        return tf.concat([[-math.inf], ranked, [math.inf]], axis=0)

    def _limit(self, norm: Any, filled: Any, others: Any) -> Any:
        """The percentile, interpolated between two ranks as NumPy does it.

        With the norm among the others, the value of a rank is the norm itself
        if it lies between two of them, and otherwise the nearer of the two.
        """
        rank = self._share * tf.cast(filled - 1, tf.float32)
        below = tf.cast(rank, tf.int32)
        near = others[below : below + 3]
        low = tf.clip_by_value(norm, near[0], near[1])
        high = tf.clip_by_value(norm, near[1], near[2])
        part = rank - tf.cast(below, tf.float32)
        # The next rank may be an empty place, which then does not count.
        between = tf.where(part > 0.0, (high - low) * part, 0.0)
        return low + between
