"""What a guard made of the gradients of a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from kgrad.records import Verdict


@dataclass(frozen=True)
class GuardDecision:
    """What a guard made of the gradients of a step.

    Args:
        verdict: Scalar float32, a `Verdict`.
        limit: Scalar float32, of the norm; infinite for none.
        factor: Scalar float32, what the gradients are multiplied by; None
            if they are handed on as they are.
        sums: What was judged, if it was summed over several replicas.
    """

    verdict: Any
    limit: Any
    factor: Any = None
    sums: Sequence[Any] = ()

    def handed(self, gradients: Sequence[Any]) -> list[Any]:
        """The gradients that the optimizer is to get; None stays None."""
        if self.factor is None:
            return list(gradients)
        return [
            None if gradient is None else times(gradient, self.factor)
            for gradient in gradients
        ]


def is_let_through(verdict: Any) -> Any:
    """Scalar bool, whether the optimizer is called; it may still skip."""
    return tf.logical_or(
        verdict <= float(Verdict.SCALED), verdict >= float(Verdict.GAVE_IN)
    )


def times(gradient: Any, factor: Any) -> Any:
    """A gradient, dense or sparse, times a scalar."""
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(
            times(gradient.values, factor),
            gradient.indices,
            gradient.dense_shape,
        )
    return gradient * tf.cast(factor, gradient.dtype)
