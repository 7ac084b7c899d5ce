"""A learning rate that can be lowered in mid-training."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import tensorflow as tf

from kgrad.step.optimizers import innermost
from kgrad.step.patching import PatchedAttributes
from kgrad.step.replicas import own_variable


class LearningRateScale:
    """Lowers the learning rate of an optimizer, whatever kind of rate it is.

    A rate that is a variable is set, so that everybody sees it. A schedule or
    a function cannot be set: while a step is traced, it is replaced by one
    that multiplies it by a variable.

    Args:
        optimizer: A `keras.optimizers.Optimizer`.
    """

    def __init__(self, optimizer: Any) -> None:
        self._inner = innermost(optimizer)
        own = self._inner._learning_rate
        self._scheduled = not isinstance(own, keras.Variable)
        if self._scheduled:
            self._factor = own_variable(1.0, "kgrad_rate")

    def listening(self) -> AbstractContextManager[Any]:
        """Replaces the optimizer's schedule while it is open.

        With several replicas, which take turns, the first one opens and closes
        it; the others have read the rate by then.
        """
        own = self._inner._learning_rate
        if not self._scheduled or isinstance(own, _Schedule | _Function):
            return nullcontext()
        is_schedule = isinstance(
            own, keras.optimizers.schedules.LearningRateSchedule
        )
        kind = _Schedule if is_schedule else _Function
        return PatchedAttributes(
            self._inner, _learning_rate=kind(own, self._factor)
        )

    def lower(self, factor: float) -> tuple[float, float]:
        """Multiplies the rate, between two steps.

        Args:
            factor: What to multiply it by.

        Returns:
            The rate before and after.
        """
        with self.listening():
            before = float(tf.convert_to_tensor(self._inner.learning_rate))
            if self._scheduled:
                self._factor.assign(self._factor * factor)
            else:
                self._inner.learning_rate = before * factor
            return before, before * factor


class _Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule times a variable."""

    def __init__(self, schedule: Any, factor: Any) -> None:
        super().__init__()
        self._schedule = schedule
        self._factor = factor

    def __call__(self, step: Any) -> Any:
        rate = self._schedule(step)
        return rate * tf.cast(self._factor, rate.dtype)

    def get_config(self) -> dict[str, Any]:
        """It is never saved: it is in place only while a step is traced."""
        return {}


class _Function:
    """A function that returns the rate, times a variable."""

    def __init__(self, function: Any, factor: Any) -> None:
        self._function = function
        self._factor = factor

    def __call__(self) -> Any:
        rate = tf.convert_to_tensor(self._function())
        return rate * tf.cast(self._factor, rate.dtype)
