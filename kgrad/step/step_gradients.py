"""The gradients that an optimizer is given in a step, and those it uses."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import keras
import tensorflow as tf

from kgrad.records import CLIPPING
from kgrad.step.decision import GuardDecision, reaches_optimizer
from kgrad.step.optimizers import innermost
from kgrad.step.replicas import total


@dataclass(frozen=True)
class StepGradients:
    """The gradients of a step as the optimizer has them.

    Args:
        gradients: Unscaled and accumulated.
        clipped: After clipping, the optimizer's own the last; the same list
            where there is none.
        complete: Scalar bool, False in the micro-steps of gradient
            accumulation that do not update the weights; None without
            accumulation.
        skipped: Scalar bool, whether loss scaling leaves this update out.
        learning_rate: Scalar float32.
        loss: Scalar float32, NaN where it is not known.
        factor: Scalar float32 that `clipped` is still to be multiplied by,
            None for 1: what a guard alone clips has no need of a copy.
        has_loss: Whether the loss is known.
    """

    gradients: list[Any]
    clipped: list[Any]
    complete: Any
    skipped: Any
    learning_rate: Any
    loss: Any
    factor: Any = None
    has_loss: bool = True

    def sums(self) -> Any:
        """`(gradients,)`: not finite wherever the gradient is not."""
        slices = tf.IndexedSlices
        parts = [
            x.values if isinstance(x, slices) else x for x in self.gradients
        ]
        return tf.stack([tf.reduce_sum(tf.cast(x, tf.float32)) for x in parts])


def step_gradients(
    optimizer: Any,
    gradients: list[Any],
    variables: list[Any],
    loss: Any,
    decision: GuardDecision | None = None,
) -> StepGradients:
    """Unscales, accumulates and clips gradients as the optimizer will.

    Args:
        optimizer: A built `keras.optimizers.Optimizer`.
        gradients: As its `apply` is called with, without None.
        variables: What they are the gradients of.
        loss: What `scale_loss` was last called with, or None.
        decision: What a guard decided, None without one.
    """
    inner = innermost(optimizer)
    skipped = tf.constant(False)
    if inner is not optimizer:
        finite = optimizer.check_finite(gradients)
        skipped = tf.logical_not(tf.convert_to_tensor(finite))
        scale = optimizer.dynamic_scale
        gradients = [keras.ops.divide(g, scale) for g in gradients]
    if inner.loss_scale_factor is not None:
        gradients = [g / inner.loss_scale_factor for g in gradients]
    handed = gradients
    factor = None if decision is None else decision.factor
    if decision is not None and factor is not None and _recomputes(inner):
        with _apart(inner):
            handed = decision.scaled(gradients)
        factor = None
    complete = None
    if inner.gradient_accumulation_steps:
        count = inner.gradient_accumulation_steps
        complete = tf.equal((inner._iterations + 1) % count, 0)
        before = [
            inner._accumulated_gradients[inner._get_variable_index(v)]
            for v in variables
        ]
        same = handed is gradients
        gradients = _mean(gradients, before, count)
        handed = gradients if same else _mean(handed, before, count)
        if decision is not None:
            # What is skipped is a step of its own, so that it is seen.
            let_through = reaches_optimizer(decision.outcome)
            complete = tf.logical_or(complete, tf.logical_not(let_through))
    return StepGradients(
        gradients=gradients,
        clipped=_clipped(inner, handed),
        complete=complete,
        skipped=skipped,
        learning_rate=_learning_rate(inner),
        loss=_scalar(loss),
        factor=factor,
        has_loss=loss is not None and reachable(loss),
    )


def _recomputes(optimizer: Any) -> bool:
    """Whether the optimizer makes more of a gradient than its multiple."""
    clips = any(getattr(optimizer, name) is not None for name in CLIPPING)
    return clips or bool(optimizer.gradient_accumulation_steps)


def _mean(new: list[Any], before: list[Any], count: int) -> list[Any]:
    return [(g + b) / count for g, b in zip(new, before, strict=True)]


def over_replicas(part: StepGradients, heard: Sequence[Any]) -> StepGradients:
    """The gradients of all replicas together, from those of one.

    The optimizer clips the gradients of a replica before it sums those of
    all: the norm after clipping is that of the sum of what each has clipped.

    Args:
        part: Of one replica.
        heard: The optimizer's own sums over replicas, if they have been
            seen: then nothing is summed twice.
    """
    clips = part.clipped is not part.gradients
    count = len(part.gradients)
    if len(heard) != count or not all(map(reachable, heard)):
        heard = []
    missing = [part.loss]
    if clips or not heard:
        missing += part.gradients
    if clips and not heard:
        missing += part.clipped
    loss, *sums = total(missing)
    gradients = sums[:count] or list(heard)
    clipped = list(heard) or sums[count:]
    return replace(
        part,
        loss=loss,
        gradients=gradients,
        clipped=clipped if clips else gradients,
    )


def _clipped(optimizer: Any, gradients: Sequence[Any]) -> Any:
    """The gradients after clipping, computed apart from the optimizer's own."""
    with _apart(optimizer):
        return optimizer._clip_gradients(gradients)


def _apart(optimizer: Any) -> AbstractContextManager[None]:
    """Keeps what is computed here from being merged with the optimizer's own.

    Used twice, the optimizer's tensors would come out differently in the
    last bit: Grappler turns `(gradient * clip) * rate` into
    `gradient * (clip * rate)` only if nobody else reads the product. The
    control dependency keeps it from finding that two products are the same.
    """
    after = tf.convert_to_tensor(optimizer.iterations)
    return tf.control_dependencies([after])  # type: ignore[no-any-return]


def _learning_rate(optimizer: Any) -> Any:
    rate = optimizer._learning_rate
    schedule = keras.optimizers.schedules.LearningRateSchedule
    if callable(rate) and not isinstance(rate, (schedule, keras.Variable)):
        # A function of the user's may count its calls.
        return tf.constant(float("nan"))
    return tf.cast(
        keras.ops.convert_to_tensor(optimizer.learning_rate), tf.float32
    )


def _scalar(loss: Any) -> Any:
    """The loss as the step's graph can read it, NaN where it cannot."""
    if loss is None or not reachable(loss):
        return tf.constant(float("nan"))
    return tf.cast(tf.reduce_mean(loss), tf.float32)


def reachable(tensor: Any) -> bool:
    """Whether a tensor belongs to the current graph or one around it."""
    if isinstance(tensor, tf.IndexedSlices):
        tensor = tensor.values
    if not tf.is_symbolic_tensor(tensor):
        return True
    graph = tf.compat.v1.get_default_graph()
    while graph is not None:
        if tensor.graph is graph:
            return True
        graph = getattr(graph, "outer_graph", None)
    return False
