"""What stands between the gradients of a step and the optimizer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import tensorflow as tf

from kgrad.records import UpdateOutcome


@dataclass(frozen=True)
class GuardDecision:
    """What a guard decided about the gradients of a step.

    Args:
        outcome: Scalar float32, an `UpdateOutcome`.
        limit: Scalar float32, limit of the norm; infinite for none.
        factor: Scalar float32 that multiplies the gradients; None if they
            are passed on unchanged.
        sums: The gradients it decided on, summed over replicas, if there are
            several.
    """

    outcome: Any
    limit: Any
    factor: Any = None
    sums: Sequence[Any] = ()

    def scaled(self, gradients: Sequence[Any]) -> list[Any]:
        """The gradients to pass to the optimizer; None stays None."""
        if self.factor is None:
            return list(gradients)
        return [
            None if gradient is None else times(gradient, self.factor)
            for gradient in gradients
        ]


class UpdateGuard(Protocol):
    """Decides, before the optimizer is called, what becomes of an update."""

    def listening(self) -> AbstractContextManager[Any]:
        """Prepares the optimizer while a step is traced or run."""

    def answers(self, optimizer: Any) -> dict[str, Callable[..., Any]]:
        """Replacements for methods of the optimizer, by name."""

    def decide(
        self, optimizer: Any, gradients: Sequence[Any]
    ) -> GuardDecision | None:
        """What becomes of the update, None if nothing depends on it."""

    def apply(
        self, decision: GuardDecision, optimizer: Any, apply: Callable[[], Any]
    ) -> None:
        """Calls the optimizer, or leaves everything as it was."""


def reaches_optimizer(outcome: Any) -> Any:
    """Scalar bool: is the optimizer called? It may still skip the update."""
    return tf.logical_or(
        outcome <= float(UpdateOutcome.SCALED),
        outcome >= float(UpdateOutcome.NEW_LEVEL),
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
