"""Says so at once where training continues and no step is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kgrad._warnings import warn
from kgrad.step.optimizers import innermost
from kgrad.step.replicas import whole_number

_CALLS = 3


class Heard:
    """Waits for the first step, and warns if it does not come.

    Args:
        optimizers: The optimizers that are listened to.

    Attributes:
        is_heard: Whether a step was seen, or its absence was told.
    """

    def __init__(self, optimizers: Sequence[Any]) -> None:
        self._optimizers = optimizers
        self.is_heard = False
        self._step = 0
        self._calls = 0
        self._iterations = 0

    def begin(self, step: int) -> None:
        """A training begins after this step."""
        self.is_heard = False
        self._step, self._calls = step, 0
        self._iterations = self._updates()

    def called(self, steps: int, last_step: int) -> None:
        """The model's train function has run."""
        self._calls += 1
        self.is_heard = last_step > self._step
        if not self.is_heard and self._calls >= _CALLS + self._micro_steps():
            self._warn()

    def polled(self, last_step: int) -> None:
        """Some time has passed in a loop."""
        self.is_heard = last_step > self._step
        made = self._updates() - self._iterations
        if not self.is_heard and made >= _CALLS + self._micro_steps():
            self._warn()

    def loop_ended(self, last_step: int) -> None:
        """A loop has ended without an exception."""
        if not self.is_heard and last_step == self._step:
            self._warn()

    def _updates(self) -> int:
        return sum(whole_number(x.iterations) for x in self._optimizers)

    def _micro_steps(self) -> int:
        return max(
            innermost(x).gradient_accumulation_steps or 0
            for x in self._optimizers
        )

    def _warn(self) -> None:
        self.is_heard = True
        names = " and ".join(f"`{innermost(x).name}`" for x in self._optimizers)
        if self._updates() > self._iterations:
            warn(
                f"No step is measured: {names} is called by a graph that was "
                "traced before, which cannot be traced again. Make it inside "
                "`with monitor.watch(...):`, or after training has begun"
            )
        else:
            warn(
                f"No step is measured: {names} is never called. Pass the "
                "optimizer that trains: `GradientMonitor(optimizer=...)` or "
                "`monitor.watch(model, optimizer)`"
            )
