"""Watches one optimizer: from the windows in its graph to snapshots."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import tensorflow as tf

from kgrad._warnings import warn
from kgrad.actions.stage import Stage
from kgrad.guard.metric_guard import metric_guard
from kgrad.records import Epoch, Sample, Setup, Snapshot
from kgrad.session.observations import Observations
from kgrad.session.pipeline import Pipeline
from kgrad.session.setup import completed
from kgrad.session.snapshots import Snapshots
from kgrad.step.optimizer_tap import OptimizerTap
from kgrad.step.origin_tap import OriginTap
from kgrad.step.patching import together
from kgrad.step.replicas import processes, strategy_of, whole_number
from kgrad.step.sampler import Sampler
from kgrad.step.statistics import Statistic
from kgrad.step.targets import layers_of, layout_of
from kgrad.step.window import in_order

FLUSH_SECONDS = 10.0
"""A window is read when it is full, or this old."""

_POLL_SECONDS = 0.02


class Watch:
    """Reads the windows of one optimizer and pushes what they hold.

    Args:
        model: The `keras.Model`, or None.
        optimizer: The optimizer to listen to.
        statistics: What to measure.
        pipeline: Where snapshots go.
        window: Steps between two reads.
        sample_every: Steps between two samples; None for no samples.
        crashed: Weak reference to what is called when a watched step raises
            an exception.
        stage: The actions.

    Attributes:
        setup: What is trained.
    """

    def __init__(
        self,
        model: Any,
        optimizer: Any,
        statistics: Sequence[Statistic],
        pipeline: Pipeline,
        window: int,
        sample_every: int | None,
        crashed: Callable[[], Callable[[], None] | None],
        stage: Stage,
    ) -> None:
        self._stage = stage
        self._read = False
        guard = stage.guard(model, optimizer)
        self.tap = OptimizerTap(
            optimizer,
            statistics,
            lambda variables: layout_of(model, variables),
            lambda: self._rows,
            self._failed,
            guard,
            lambda error: warn("Updates cannot be left out or clipped", error),
        )
        self._guard = guard
        self._metrics = metric_guard(model, guard)
        self._origins = OriginTap(model, optimizer, self.tap.step)
        self.tap.measured = self._origins.applied
        self.model = model
        self.setup = Setup()
        self._crashed = crashed
        self._sample_every = sample_every
        self._sampler: Sampler | None = None
        self._samples: list[Sample] = []
        self.observations = Observations(model, sample_every)
        self._unbuilt = False
        self._described = False
        self._snapshots = Snapshots(model, [s.measure for s in statistics])
        self._pipeline = pipeline
        self._window = window
        self._rows = 2 * window
        self._processes = processes(strategy_of(optimizer))
        self._unread = 0
        self._read_at = time.monotonic()
        self._read_step = self._asked = self.last_step
        self._silent = False
        self._process = os.getpid()
        self._begun = False
        self._lock = threading.RLock()

    def is_of(self, model: Any, optimizer: Any) -> bool:
        """Whether it watches this optimizer of this model."""
        return self.model is model and self.tap.optimizer is optimizer

    def listening(self) -> AbstractContextManager[None]:
        """Opens the tap at the optimizer, and for a sample all others."""
        sampler = self._sampler if self.sampling else None
        others = [tap for tap in (sampler, self._metrics) if tap is not None]
        return together(self.tap, self._origins, *others)

    def sample(self) -> None:
        """Takes samples from now on.

        Those of a model that is not built yet begin with its second step.
        """
        if self._sampler is not None or self._sample_every is None:
            return
        self._unbuilt = not self._is_built()
        if not self._unbuilt:
            self._make_sampler()

    def describe(self, setup: Setup) -> None:
        """Notes what is trained; a model that is not built yet adds to it."""
        self.setup = setup
        self._described = self._is_built()

    def _is_built(self) -> bool:
        return all(layer.built for layer in layers_of(self.model))

    def _make_sampler(self) -> None:
        every = self._sample_every
        if every is None:
            return
        try:
            sampler = Sampler(self.model, self.tap.optimizer, every)
        except Exception as error:
            warn("The gradient through time cannot be measured", error)
            return
        if sampler.useful:
            self._sampler = sampler
            self.tap.applied = sampler.step_ends

    @property
    def sampling(self) -> bool:
        """Whether the next step is a sample."""
        return self._sampler is not None and self._sampler.due

    @property
    def last_step(self) -> int:
        """The last optimizer step that was made."""
        with tf.init_scope():
            return int(self.tap.step)

    def skip_to(self, step: int) -> None:
        """Continues counting from a step, if it is later than the last one."""
        if step > self.last_step:
            self.tap.step.assign(step)
            self._read_step = step

    def announce(self, step: int) -> None:
        """Prepares to train on after this many steps, or the optimizer's."""
        self._process = os.getpid()
        self._begun = False
        self.skip_to(max(step, whole_number(self.tap.optimizer.iterations)))

    def begin(self) -> None:
        """Begins, with whatever was restored after `announce`."""
        if self._begun:
            return
        self._begun = True
        self.skip_to(whole_number(self.tap.optimizer.iterations))
        self._asked = self.last_step
        self._stage.begin(
            self.model, self.tap.optimizer, self._guard, self.last_step
        )

    def read(self, epochs: tuple[Epoch, ...] = ()) -> None:
        """Between two steps: reads what is new, and acts on it."""
        self.drain(epochs)
        self._unread = 0
        self._read = self._read or self._processes > 1
        self._act()

    def ask(self) -> None:
        """Lets the actions act between two steps of a loop."""
        if self._processes == 1:
            self._act()
        elif self.last_step - self._asked >= self._window:
            self._asked = self.last_step
            self.read()

    def _act(self) -> None:
        """Lets the actions act on what was read last.

        Several processes act at the same steps, whatever one of them reads
        in between for its history or from a thread.
        """
        if not self._stage or not self._read:
            return
        with self._lock, tf.init_scope():
            self._read = False
            acts = self._stage.act(self.last_step)
            if acts:
                self.tap.recount()
                self._pipeline.push(replace(self._none(), actions=acts))

    def reserve(self, steps: int) -> None:
        """Makes room for this many steps beyond a window between two reads."""
        self._rows = max(self._rows, self._window + steps)
        self.tap.prepare(getattr(self.model, "trainable_variables", ()))

    def crashed(self) -> None:
        """A watched step raised an exception."""
        close = self._crashed()
        if close is not None:
            close()

    def stepped(self, steps: int) -> None:
        """Notes that up to this many steps were made; reads when it is due."""
        self._unread += steps
        if self._sampler is not None:
            if self._sampler.stepped(steps):
                self._samples.append(self._sampler.read(self.last_step))
        elif self._unbuilt:
            self._unbuilt = False
            self._make_sampler()
        if self._is_due(self._unread):
            self.read()
        else:
            self._act()

    @contextmanager
    def polling(self) -> Iterator[None]:
        """Reads from a thread, for loops that report no steps."""

        def poll() -> None:
            if self._is_due(self.last_step - self._read_step):
                self.drain()

        ended = threading.Event()

        def repeat() -> None:
            while not ended.wait(_POLL_SECONDS):
                poll()

        thread = threading.Thread(target=repeat, name="kgrad", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self.drain()

    def drain(self, epochs: tuple[Epoch, ...] = ()) -> None:
        """Reads what is new and pushes it, with epochs that have ended.

        This may happen during garbage collection while a step is traced. A
        forked child leaves it to its parent, whose steps they are.
        """
        if self._process != os.getpid():
            return
        with self._lock, tf.init_scope():
            try:
                self._read_at = time.monotonic()
                read = [(w, w.read()) for w in self.tap.windows]
                if not self._described and self._is_built():
                    self.describe(completed(self.setup, self.model))
                snapshots = [
                    self._snapshots.of(window.layout, rows, self.setup)
                    for window, rows in in_order(read)
                ]
                self._count(snapshots)
                samples = (*self._samples, *self.observations.take())
                self._samples = []
                origins = self._origins.read()
                if epochs or samples or origins:
                    last = snapshots.pop() if snapshots else self._none()
                    last = replace(last, epochs=epochs, samples=samples)
                    snapshots.append(replace(last, origins=origins))
                for snapshot in snapshots:
                    self._pipeline.push(snapshot)
                self._stage.update(snapshots, self._pipeline.findings)
                if self._processes == 1:
                    self._unread, self._read = 0, True
            except Exception as error:
                self._failed(error)
                self._stage.missed(error)

    def _is_due(self, unread: int) -> bool:
        # By the clock, each of several processes would see other windows.
        age = time.monotonic() - self._read_at if self._processes == 1 else 0.0
        return unread >= self._window or bool(unread and age >= FLUSH_SECONDS)

    def _none(self) -> Snapshot:
        return self._snapshots.none(self.tap.windows, self.setup)

    def _count(self, snapshots: Sequence[Snapshot]) -> None:
        """Warns if steps were overwritten before they were read."""
        read = sum(len(snapshot.steps) for snapshot in snapshots)
        if not read:
            return
        last = int(snapshots[-1].steps[-1])
        lost = last - self._read_step - read
        self._read_step = last
        if lost > 0 and not self._silent:
            self._silent = True
            warn(
                f"{lost} steps before step {last} were made faster than they "
                f"could be read and are missing from the history"
            )

    def _failed(self, error: Exception) -> None:
        if not self._silent:
            self._silent = True
            warn("The gradients cannot be measured", error)
