"""Samples take 1 % of the time at most, and a second in all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.session.sample_schedule import (
    FREE_SECONDS,
    LEAST,
    MOST,
    SHARE,
    Every,
    SampleSchedule,
    schedule_of,
)
from kgrad.step.sampler import Sampler
from tests.loops.training import batches, model, monitor, step_of
from tests.small import data, dense


@dataclass
class Training:
    """Steps that take as long as they are said to, by a clock of their own.

    Args:
        plain: Seconds of a step.
        sample: Of a step that is a sample, as a function of its number.
        every: Steps between two samples.
        epoch: Steps of an epoch.
        at_once: Steps of one call.
        traced: Steps that are traced and compiled, beside the first one and
            the first that is no sample.
    """

    plain: float = 0.01
    sample: Callable[[int], float] = lambda step: 0.012
    every: Every = "auto"
    epoch: int = 0
    at_once: int = 1
    traced: tuple[int, ...] = ()
    now: float = 0.0
    steps: list[int] = field(default_factory=list)

    def run(self, steps: int) -> list[int]:
        """The steps that were samples."""
        schedule = SampleSchedule(self.every, lambda: self.now)
        schedule.epoch = self.epoch
        for step in range(1, steps + 1, self.at_once):
            schedule.step_begins()
            sampled = schedule.due
            self.now += self.sample(step) if sampled else self.plain
            if step in (1, 1 + self.at_once, *self.traced):
                self.now += 60.0
                schedule.traces()
            if sampled:
                self.steps.append(step)
            schedule.stepped(self.at_once, sampled)
        return self.steps


def test_samples_that_cost_little_are_50_steps_apart() -> None:
    # A sample costs 0.2 steps, or 1 % of the time at 20 steps.
    assert Training().run(20_000) == list(range(1, 20_000, LEAST))


@pytest.mark.parametrize("seconds", [0.001, 0.01])
def test_samples_50_times_slower_take_a_percent_of_the_time(
    seconds: float,
) -> None:
    training = Training(seconds, lambda step: 50 * seconds, epoch=10_000)
    samples = training.run(200_000)
    more = 49 * seconds * (len(samples) - 1)
    known = FREE_SECONDS + 2 * 49 * seconds  # After two of them.
    assert more <= known + SHARE * (training.now - 120)
    assert samples[:3] == [1, 51, 101]
    # They cost 49 steps each: 4,900 are needed, in powers of two times 50.
    assert set(np.diff(samples)) == {50, 6400}


def test_they_are_never_farther_apart_than_an_epoch_or_2000_steps() -> None:
    def dear(step: int) -> float:
        return 10.0

    assert max(np.diff(Training(sample=dear).run(20_000))) == MOST
    longer = Training(sample=dear, epoch=3_000)
    assert max(np.diff(longer.run(20_000))) == 3_000


def test_a_number_stays_that_number() -> None:
    samples = Training(sample=lambda step: 1.0, every=7).run(100)
    assert samples == list(range(1, 101, 7))


def test_slow_steps_now_and_then_change_nothing() -> None:
    def hiccups(step: int) -> float:
        return 30.0 if step in (51, 1001, 1501) else 0.012

    samples = Training(sample=hiccups).run(5_000)
    assert samples == list(range(1, 5_000, LEAST))


def test_a_short_training_does_not_depend_on_the_clock() -> None:
    # Three times a step, as in a small model, but milliseconds.
    training = Training(0.002, lambda step: 0.006)
    assert training.run(5_000) == list(range(1, 5_000, LEAST))


def test_they_come_closer_when_they_cost_less() -> None:
    samples = Training(sample=lambda step: 0.2 if step < 9_000 else 0.012)
    apart = np.diff(samples.run(40_000))
    assert apart.max() == MOST
    assert apart[-1] == LEAST


def test_calls_of_several_steps_are_counted_by_their_steps() -> None:
    cheap = Training(plain=0.08, sample=lambda step: 0.084, at_once=8)
    assert set(np.diff(cheap.run(8_000))) == {56}
    # 0.92 s more than 8 steps: of 0.01 s each, 9,200 steps.
    dear = Training(plain=0.08, sample=lambda step: 1.0, at_once=8, epoch=9_999)
    assert np.diff(dear.run(80_000))[-1] == 10_000  # A multiple of 8.


def test_calls_of_as_many_steps_as_lie_between_samples_are_timed_too() -> None:
    # Otherwise each would be a sample, and none known that is not.
    dear = Training(plain=1.0, sample=lambda step: 2.0, at_once=100)
    assert np.diff(dear.run(80_000))[-1] == MOST
    cheap = Training(plain=1.0, sample=lambda step: 1.001, at_once=100)
    assert set(np.diff(cheap.run(8_000))) == {200}


def test_a_sample_that_is_compiled_again_is_not_timed() -> None:
    # An epoch of 51 steps ends with a smaller batch.
    samples = Training(traced=(51,)).run(5_000)
    assert samples == list(range(1, 5_000, LEAST))


def test_workers_choose_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "kgrad.session.sample_schedule"
    monkeypatch.setattr(f"{module}.processes", lambda strategy: 2)
    schedule = schedule_of("auto", dense().optimizer)
    assert schedule is not None
    for step in range(1_000):
        assert schedule.due == (step % LEAST == 0)
        schedule.step_begins()
        time.sleep(0.002 if schedule.due else 0)
        schedule.stepped(1, schedule.due)


@pytest.fixture
def slow_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample takes 50 ms longer, in which no time is free."""
    read = Sampler.read

    def slow(self: Sampler, step: int) -> Any:
        time.sleep(0.05)
        return read(self, step)

    monkeypatch.setattr(Sampler, "read", slow)
    monkeypatch.setattr("kgrad.session.sample_schedule.FREE_SECONDS", 0.0)


STEPS = 12 * LEAST


def samples_of(watching: kgrad.GradientMonitor) -> list[int]:
    return [sample.step for sample in watching.history.samples]


@pytest.mark.usefixtures("slow_samples")
def test_in_fit_slow_samples_become_rare(tmp_path: Path) -> None:
    trained = dense()
    x, y = data(STEPS)
    watching = kgrad.GradientMonitor(tmp_path, signs=[], reporters=[])
    size = len(x) // STEPS
    trained.fit(x, y, size, verbose=0, callbacks=[watching])
    samples = samples_of(watching)
    # The second and the third are timed.
    assert samples[:3] == [1, 1 + LEAST, 1 + 2 * LEAST]
    assert len(samples) <= 4
    fixed = kgrad.GradientMonitor(
        tmp_path / "fixed", signs=[], reporters=[], time_every=LEAST
    )
    trained.fit(x, y, size, verbose=0, callbacks=[fixed])
    assert len(samples_of(fixed)) == STEPS / LEAST


def test_in_fit_the_schedule_is_told_what_is_traced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced = []
    monkeypatch.setattr(
        SampleSchedule, "traces", lambda self: traced.append(self.due)
    )
    watching = kgrad.GradientMonitor(tmp_path, signs=[], reporters=[])
    trained = dense()
    x, y = data(4)
    trained.fit(x, y, len(x) // 4, verbose=0, callbacks=[watching])
    # The first step, a sample, and the second one: no others.
    assert list(dict.fromkeys(traced)) == [True, False]
    assert len(traced) < 4
    assert len(watching.history.steps) == 4


@pytest.mark.usefixtures("slow_samples")
@pytest.mark.parametrize(
    "how",
    [
        "train_on_batch",
        "tf.function",
        pytest.param("eager", marks=pytest.mark.full),
    ],
)
def test_in_loops_compiled_steps_are_timed(how: str, tmp_path: Path) -> None:
    trained = model()
    step: Callable[[Any, Any], Any] = step_of(trained)
    if how == "tf.function":
        step = tf.function(step)
    elif how == "train_on_batch":
        step = trained.train_on_batch
    watching = monitor(tmp_path, signs=[], time_every="auto")
    ((x, y),) = batches(1)
    steps = 6 * LEAST
    with watching.watch(trained):
        for _ in range(steps):
            step(x, y)
    samples = samples_of(watching)
    assert samples[1] - samples[0] == LEAST
    if how == "eager":
        # Where such a step begins is not known.
        assert len(samples) == steps / LEAST
    else:
        assert len(samples) <= 4


@pytest.mark.parametrize("value", [0, 2.5, True, "often"])
def test_what_is_no_distance_is_refused(value: Any, tmp_path: Path) -> None:
    with pytest.raises((TypeError, ValueError), match="Received: time_every="):
        kgrad.GradientMonitor(tmp_path, time_every=value)
