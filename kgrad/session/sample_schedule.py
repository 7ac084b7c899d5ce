"""When a step is a sample: every so many steps, or as often as is cheap."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from statistics import median_low
from typing import Any, Literal

import tensorflow as tf

from kgrad.step.replicas import processes, strategy_of

Every = int | Literal["auto"]
"""Steps between two samples; `"auto"`: at least 50, more if they are dear."""

LEAST = 50
"""Steps between two samples that cost little."""

MOST = 2_000
"""Samples are never farther apart, unless an epoch is longer."""

SHARE = 0.01
"""Share of the time that samples may take."""

FREE_SECONDS = 1.0
"""What they may take in any case, so that the steps that are samples do not
depend on the clock in a short training of a small model."""

_RECENT = 5


class SampleSchedule:
    """Counts the steps to the next sample; the first step is one.

    With `"auto"` the distance follows from what samples cost. With s seconds
    of a step that is a sample, and p of one that is not,

        distance >= (s - p) / (0.01 p)

    in powers of two times 50, so that a few percent more or less change
    nothing. Both are medians of the last ones, which the steps that trace
    and compile are not.

    Args:
        every: Steps between two samples, or `"auto"`.
        clock: Gives the time in seconds.

    Attributes:
        distance: Steps from the last sample to the next one.
        epoch: Steps of an epoch, 0 if not known.
    """

    def __init__(
        self, every: Every, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._is_timed = every == "auto"
        self.distance = LEAST if every == "auto" else every
        self.epoch = 0
        self._clock = clock
        self._wait = 0
        self._samples = 0
        self._began: float | None = None
        self._seconds, self._steps = 0.0, 0
        self._of_plain: deque[float] = deque(maxlen=_RECENT)
        self._of_samples: deque[float] = deque(maxlen=_RECENT)

    @property
    def due(self) -> bool:
        """Whether the next step is a sample."""
        return self._wait <= 0

    def step_begins(self) -> None:
        """A compiled step is called; without this it is not timed."""
        if self._is_timed:
            self._began = self._clock()
            if self.due and self._steps:
                # Steps may still be under way on a GPU.
                _wait_for_devices()
                began = self._clock()
                self._seconds += began - self._began
                self._began = began
                self._of_plain.append(self._seconds / self._steps)
                self._seconds, self._steps = 0.0, 0

    def stepped(self, steps: int, sampled: bool) -> None:
        """Counts steps that were made.

        Args:
            steps: How many.
            sampled: Whether they were a sample, which has been read.
        """
        if self._began is not None:
            self._timed(self._began, steps, sampled)
            self._began = None
        self._wait = self.distance - steps if sampled else self._wait - steps

    def _timed(self, began: float, steps: int, sampled: bool) -> None:
        if sampled:
            _wait_for_devices()
        seconds = self._clock() - began
        if not sampled:
            self._seconds += seconds
            self._steps += steps
            return
        self._samples += 1
        if self._samples > 1:  # The first one is traced.
            self._of_samples.append(seconds)
        if self._of_samples and self._of_plain:
            self.distance = self._affordable(steps)

    def _affordable(self, steps: int) -> int:
        plain = median_low(self._of_plain)
        more = median_low(self._of_samples) - steps * plain
        if more * self._samples <= FREE_SECONDS or plain <= 0:
            return LEAST
        needed = more / (SHARE * plain)
        doubled = max(math.ceil(math.log2(needed / LEAST)), 0)
        return int(min(LEAST * 2**doubled, max(MOST, self.epoch)))


def schedule_of(every: Every | None, optimizer: Any) -> SampleSchedule | None:
    """The schedule of a training; None if no step is a sample.

    Args:
        every: Steps between two samples, `"auto"` or None.
        optimizer: What is listened to.
    """
    if every is None:
        return None
    if every == "auto" and processes(strategy_of(optimizer)) > 1:
        # By the clock, each of several processes would choose another step.
        every = LEAST
    return SampleSchedule(every)


def _wait_for_devices() -> None:
    if tf.config.list_logical_devices("GPU"):
        tf.test.experimental.sync_devices()
