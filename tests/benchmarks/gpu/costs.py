"""What watching costs: plain and watched steps by turns."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
import tensorflow as tf

import kgrad
from kgrad.session import sample_schedule
from kgrad.session.sample_schedule import SampleSchedule
from tests.benchmarks.gpu.modes import (
    Mode,
    Size,
    batches,
    is_fused,
    wait_for_devices,
)
from tests.benchmarks.overhead import Contender


@dataclass(frozen=True)
class Cost:
    """What was timed.

    Args:
        mode: The title of the mode.
        fused: Whether a plain step runs cuDNN's kernel for the whole scan.
        plain: Seconds of a plain step, the median over blocks.
        again: By block, a second plain model over the first: the noise.
        watched: By block, the watched model over the first.
        sample: Seconds of a step that is a sample over those of a plain one,
            medians.
        distance: Steps between two samples that `time_every="auto"` chose.
    """

    mode: str
    fused: bool
    plain: float
    again: tuple[float, ...]
    watched: tuple[float, ...]
    sample: float
    distance: int

    @property
    def passed(self) -> bool:
        """Times are for readers to judge."""
        return True


def cost_of(mode: Mode, size: Size) -> Cost:
    """Times the steps of one mode: all contenders train one model.

    Those of two models would differ by where their weights lie in memory.
    """
    x, y = batches(size, 1)
    data = tf.data.Dataset.from_tensors((x, y)).cache().repeat()

    model = mode.model(size)

    def contender(*callbacks: Any) -> Contender:
        return Contender(lambda: model, list(callbacks), data)

    with tempfile.TemporaryDirectory() as folder, _schedules() as made:
        plain = contender()
        rivals = [
            plain,
            contender(),
            contender(kgrad.GradientMonitor(f"{folder}/auto")),
        ]
        seconds = _by_turns(rivals, size)
        (schedule,) = made
        every = kgrad.GradientMonitor(f"{folder}/every", time_every=1)
        sampled = _of_samples([plain, contender(every)], size)
        for rival in rivals:
            rival.callbacks.on_train_end()
        return Cost(
            mode=mode.title,
            fused=is_fused(model),
            plain=float(np.median(seconds[:, 0])) / size.block,
            again=tuple((seconds[:, 1] / seconds[:, 0]).tolist()),
            watched=tuple((seconds[:, 2] / seconds[:, 0]).tolist()),
            sample=float(sampled),
            distance=schedule.distance,
        )


@contextmanager
def _schedules() -> Iterator[list[SampleSchedule]]:
    """The schedules that are made meanwhile, without the free second.

    A longer training than this has used it up.
    """
    made: list[SampleSchedule] = []

    def keep(*args: Any) -> SampleSchedule | None:
        schedule = sample_schedule.schedule_of(*args)
        if schedule is not None:
            made.append(schedule)
        return schedule

    with (
        mock.patch("kgrad.session.session.schedule_of", keep),
        mock.patch.object(sample_schedule, "FREE_SECONDS", 0.0),
    ):
        yield made


def _by_turns(rivals: list[Contender], size: Size) -> np.ndarray:
    """Seconds, `(blocks, rivals)`: at least two blocks, so at least 3 samples.

    The order is drawn for each turn.
    """
    rng = np.random.default_rng(0)
    for rival in rivals:
        _seconds_of(rival, 2)  # A monitor has the plain step traced again.
    began = time.perf_counter()
    rows: list[np.ndarray] = []
    while len(rows) < size.blocks:
        if len(rows) > 1 and time.perf_counter() - began > size.seconds:
            break
        row = np.zeros(len(rivals))
        for _ in range(size.block // size.turn):
            for i in rng.permutation(len(rivals)):
                row[i] += _seconds_of(rivals[i], size.turn)
        rows.append(row)
    return np.stack(rows)


def _of_samples(pair: list[Contender], size: Size) -> float:
    """The median of the second's steps over that of the first's."""
    began = time.perf_counter()
    rows: list[list[float]] = []
    while len(rows) < size.samples:
        if len(rows) > 2 and time.perf_counter() - began > size.seconds:
            break
        rows.append([_seconds_of(rival, 1) for rival in pair])
    pair[1].callbacks.on_train_end()
    plain, sampled = np.median(rows, axis=0)
    return float(sampled / plain)


def _seconds_of(rival: Contender, steps: int) -> float:
    began = time.perf_counter()
    for _ in range(steps):
        rival.step()
    wait_for_devices()
    return time.perf_counter() - began
