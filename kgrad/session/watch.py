"""Watches the optimizers of a model: from windows in the graph to snapshots."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import tensorflow as tf

from kgrad._warnings import warn
from kgrad.actions.stage import Stage
from kgrad.guard.metric_guard import metric_guard
from kgrad.records import Epoch, Setup
from kgrad.session.heard import Heard
from kgrad.session.observations import Observations
from kgrad.session.pipeline import Pipeline
from kgrad.session.sample_schedule import SampleSchedule
from kgrad.session.samples import Samples
from kgrad.session.snapshots import Snapshots
from kgrad.step.optimizer_tap import OptimizerTap
from kgrad.step.origin_tap import OriginTap
from kgrad.step.patching import Tap, together
from kgrad.step.replicas import copies, processes, strategy_of, whole_number
from kgrad.step.statistics import Statistic
from kgrad.step.targets import layout_of

FLUSH_SECONDS = 10.0
"""A window is read when it is full, or this old."""

_POLL_SECONDS = 0.02


class Watch:
    """Reads the windows of a model's optimizers and pushes what they hold.

    Every call of one of the optimizers is a step.

    Args:
        model: The `keras.Model`, or None.
        optimizers: The optimizers to listen to.
        statistics: What to measure.
        pipeline: Where snapshots go.
        window: Steps between two reads.
        schedule: When a step is a sample; None if none is.
        describe: Describes what an optimizer trains.
        crashed: Weak reference to what is called if a watched step raises.
        stage: The actions.

    Attributes:
        samples: The sampled steps.
        observations: What a loop shows of its batches.
        training: Another object for each training.
    """

    def __init__(
        self,
        model: Any,
        optimizers: Sequence[Any],
        statistics: Sequence[Statistic],
        pipeline: Pipeline,
        window: int,
        schedule: SampleSchedule | None,
        describe: Callable[[Any], Setup],
        crashed: Callable[[], Callable[[], None] | None],
        stage: Stage,
    ) -> None:
        self.model = model
        self.optimizers = tuple(optimizers)
        self.training: object = None
        self._stage = stage
        self._guard = stage.guard(model, self.optimizers[0])
        self._rows = 2 * window
        self.taps: list[OptimizerTap] = []
        for optimizer in self.optimizers:
            tap = OptimizerTap(
                optimizer,
                statistics,
                lambda variables: layout_of(model, variables),
                lambda: self._rows,
                self._failed,
                self._guard,
                _unguarded,
                step=self.taps[0].step if self.taps else None,
            )
            self.taps.append(tap)
        self._step = self.taps[0].step
        metrics = metric_guard(model, self._guard)
        self._origins = OriginTap(model, self.optimizers[0], self._step)
        for tap in self.taps:
            tap.measured = self._origins.applied
        self._lasting: list[Tap] = [*self.taps, self._origins]
        self._lasting += [] if metrics is None else [metrics]
        self.observations = Observations(model, schedule)
        self.samples = Samples(model, self.taps, schedule)
        self._heard = Heard(self.optimizers)
        self._crashed = crashed
        self._snapshots = Snapshots(
            model, self.taps, [s.measure for s in statistics], describe
        )
        self._pipeline = pipeline
        self._window = window
        self._processes = processes(strategy_of(self.optimizers[0]))
        self._unread = 0
        self._read = False
        self._read_at = time.monotonic()
        self._asked = 0
        self._silent = False
        self._process = os.getpid()
        self._begun = False
        self._ended = True
        self._lock = threading.RLock()

    def is_of(self, model: Any, optimizers: Sequence[Any]) -> bool:
        """Whether it watches these optimizers of this model."""
        return self.model is model and (
            [id(x) for x in self.optimizers] == [id(x) for x in optimizers]
        )

    def listening(self) -> AbstractContextManager[None]:
        """Opens the taps at the optimizers, and for a sample all others."""
        others = [self.samples] if self.sampling else []
        return together(*self._lasting, *others)

    @property
    def sampling(self) -> bool:
        """Whether the next step is a sample."""
        return self.samples.due

    def trained(self) -> list[Any]:
        """The `tf.Variable`s of the optimizers."""
        owned = [v for x in self.optimizers for v in x.variables]
        return [copy for variable in owned for copy in copies(variable)]

    def tapped(self) -> list[Any]:
        """A `tf.Variable` of each layer that is tapped in samples."""
        owned = self.samples.weights()
        return [copy for variable in owned for copy in copies(variable)]

    @property
    def last_step(self) -> int:
        """The last optimizer step that was made."""
        with tf.init_scope():
            return int(self._step)

    def _iterations(self) -> int:
        return sum(whole_number(x.iterations) for x in self.optimizers)

    def skip_to(self, step: int) -> None:
        """Continues counting from a step, if it is later than the last one."""
        if step > self.last_step:
            self._step.assign(step)
            self._snapshots.last_step = step

    def announce(self, step: int) -> None:
        """Prepares to train on after this many steps, or the optimizer's."""
        self._process = os.getpid()
        self.training = object()
        self._snapshots.begin(self.last_step)
        self._begun = self._ended = False
        self.skip_to(max(step, self._iterations()))

    def begin(self) -> None:
        """Begins, with whatever was restored after `announce`."""
        if self._begun:
            return
        self._begun = True
        self.skip_to(self._iterations())
        self._asked = self.last_step
        self._heard.begin(self._asked)
        self._stage.begin(
            self.model, self.optimizers[0], self._guard, self._asked
        )

    def end(self) -> None:
        """Reads what is left, and reads nothing more."""
        self.drain()
        self._ended = True

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
        """Lets the actions act on what was read last between two steps."""
        # What a thread has read since does not count: several processes must
        # act at the same steps.
        if not self._read or not self._stage:
            return
        with self._lock, tf.init_scope():
            self._read = False
            done = self._stage.act(self.last_step)
            if done:
                for tap in self.taps:
                    tap.recount()
                none = self._snapshots.none()
                self._pipeline.push(replace(none, actions=done))

    def reserve(self, steps: int) -> None:
        """Makes room for this many steps beyond a window between two reads."""
        self._rows = max(self._rows, self._window + steps)
        weights = getattr(self.model, "trainable_variables", ())
        for tap in self.taps:
            # Which of several optimizers gets which weights is not known.
            tap.prepare(weights if len(self.taps) == 1 else ())

    def crashed(self) -> None:
        """A watched step raised an exception."""
        if (close := self._crashed()) is not None:
            close()

    def stepped(self, steps: int) -> None:
        """Notes that up to this many steps were made; reads when it is due."""
        self._unread += steps
        self.samples.stepped(steps)
        if not self._heard.is_heard:
            self._heard.called(steps, self.last_step)
        if self._is_due(self._unread):
            self.read()
        else:
            self._act()

    @contextmanager
    def polling(self) -> Iterator[None]:
        """Opens the taps in a loop, and reads from a thread."""
        ended = threading.Event()

        def poll() -> None:
            while not ended.wait(_POLL_SECONDS):
                step = self.last_step
                if not self._heard.is_heard:
                    self._heard.polled(step)
                if self._is_due(step - self._snapshots.last_step):
                    self.drain()

        thread = threading.Thread(target=poll, name="kgrad", daemon=True)
        with ExitStack() as stack:
            stack.enter_context(together(*self._lasting))
            stack.enter_context(self.samples.in_loop(self))
            thread.start()
            try:
                yield
                self._heard.loop_ended(self.last_step)
            finally:
                ended.set()
                thread.join()
                self.drain()

    def drain(self, epochs: tuple[Epoch, ...] = ()) -> None:
        """Reads what is new and pushes it, with epochs that have ended.

        This may happen during garbage collection while a step is traced. A
        forked child leaves it to its parent, whose steps they are.
        """
        if self._process != os.getpid() or self._ended:
            return
        with self._lock, tf.init_scope():
            try:
                self._read_at = time.monotonic()
                samples = self.samples.taken() + self.observations.take()
                origins = self._origins.read()
                snapshots = self._snapshots.read(epochs, samples, origins)
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

    def _failed(self, error: Exception) -> None:
        self._heard.is_heard = True
        if not self._silent:
            self._silent = True
            warn("The gradients cannot be measured", error)


def _unguarded(error: Exception) -> None:
    warn("Updates cannot be left out or clipped", error)
