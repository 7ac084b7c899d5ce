"""The trainings that one monitor follows, one after the other."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras

from kgrad._warnings import warn
from kgrad.actions.stage import Stage
from kgrad.session.epochs import EpochReader
from kgrad.session.pipeline import Pipeline
from kgrad.session.sample_schedule import Every, schedule_of
from kgrad.session.setup import setup_of
from kgrad.session.watch import Watch
from kgrad.step import replicas
from kgrad.step.optimizers import find_optimizers
from kgrad.step.statistics import Statistic
from kgrad.step.targets import counted_names
from kgrad.step.train_function import (
    WatchedTrainFunction,
    watched_train_function,
)


@dataclass(frozen=True)
class Settings:
    """What the user has set.

    Args:
        optimizer: An optimizer, the name of an attribute, or None.
        statistics: What to measure.
        chance: Value that guessing reaches, by metric name.
        hparams: What to compare runs by.
        lag: How many time steps back the task needs, 0 if not known.
        window: Steps between two copies to the host.
        sample_every: Steps between two samples, `"auto"` for what is cheap;
            None for no samples.
        histograms: Whether samples hold histograms.

    Raises:
        ValueError: If there are to be histograms, but no samples.
    """

    optimizer: Any
    statistics: tuple[Statistic, ...]
    chance: Mapping[str, float]
    hparams: Mapping[str, float | int | str]
    lag: int | None
    window: int
    sample_every: Every | None
    histograms: bool = False

    def __post_init__(self) -> None:
        if self.histograms and self.sample_every is None:
            raise ValueError(
                "`histograms` must be False without samples, which "
                "`time_every=None` switches off. Received: histograms=True"
            )


class LastCallback(keras.callbacks.Callback):
    """Calls a function before each batch, after all other callbacks.

    Between it and the step no other callback can fail.
    """

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__()
        self._call = call

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A step follows."""
        self._call()


class Session:
    """Attaches a watch to what is trained, and detaches it again.

    Args:
        pipeline: Where snapshots go.
        stage: The actions.
        settings: What the user has set.

    Attributes:
        last_step: The last step when training last ended, or was read.
    """

    def __init__(
        self, pipeline: Pipeline, stage: Stage, settings: Settings
    ) -> None:
        self._pipeline = pipeline
        self._stage = stage
        self._settings = settings
        self._epochs = EpochReader()
        self._watch: Watch | None = None
        self._fitting: Watch | None = None
        self._train_function: WatchedTrainFunction | None = None
        self._last_step = 0
        self._last = LastCallback(self._watch_step)
        self._running = pipeline.running
        self._running.drain = weakref.WeakMethod(self.drain)
        self._epoch: tuple[int, ...] = ()
        self._epoch_offset = self._next_epoch = 0

    @property
    def last_step(self) -> int:
        """The last step that was made in any training."""
        now = 0 if self._watch is None else self._watch.last_step
        return max(self._last_step, now)

    def drain(self) -> None:
        """Reads the steps of the open window."""
        if self._watch is not None:
            self._watch.drain()

    def run_actions(self) -> None:
        """Runs the actions that are due, between two steps of a loop."""
        if self._watch is not None:
            self._watch.ask()

    def observe(self, batch: tuple[Any, Any, Any, Any]) -> None:
        """Takes the batch of the last step of a loop.

        Args:
            batch: Inputs, targets, predictions and sample weights.
        """
        if self._watch is not None:
            self._watch.observations.add(self._watch.last_step, batch)

    def fit_begins(
        self,
        model: Any,
        callbacks: list[Any] | None,
        params: Mapping[str, Any],
    ) -> None:
        """Finds out what to listen to.

        Args:
            model: The `keras.Model`.
            callbacks: Those of `fit`, None if they are not known.
            params: Those that Keras tells callbacks.
        """
        self._detach()
        self._epoch = ()
        self._running.callbacks = callbacks
        if callbacks is not None and self._last not in callbacks:
            callbacks.append(self._last)
        try:
            self._running.begins()
            watch = self._attached(
                model, find_optimizers(model, self._settings.optimizer)
            )
            watch.reserve(model.steps_per_execution)
            watch.samples.prepare(epoch=params.get("steps") or 0)
            verbose = params.get("verbose", 2)
            self._pipeline.fit_begins(1 if verbose == "auto" else verbose)
            self._fitting = watch
        except Exception as error:
            warn("The model cannot be watched", error)

    def batch_begins(self) -> None:
        """Watches the step that follows, unless another call is still due."""
        if self._running.callbacks is None:
            self._watch_step()

    def _watch_step(self) -> None:
        if self._fitting is None:
            return
        self._fitting.begin()
        self._train_function = watched_train_function(
            self._fitting.model, self._train_function
        )
        self._train_function.expect(self._fitting)
        self._fitting.samples.step_begins()

    def validation_begins(self, model: Any) -> None:
        """Reads what is new before a validation, if it is a part of `fit`."""
        if self._fitting is not None:
            self._fitting.read()
        self._epochs.validation_begins(model)

    def validation_ends(self, model: Any) -> None:
        """Notes the metrics of the validation."""
        self._epochs.validation_ends(model)

    def epoch_ends(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Reads the rest of the epoch and records its metrics."""
        if self._fitting is None:
            return
        step = self._fitting.last_step
        if (epoch, step) == self._epoch:
            return  # The monitor is in `callbacks` twice.
        if not self._epoch:
            # Each `fit` begins with epoch 0, unless told otherwise.
            self._epoch_offset = max(self._next_epoch - epoch, 0)
        self._epoch = epoch, step
        epoch += self._epoch_offset
        self._next_epoch = epoch + 1
        record = self._epochs.epoch_ends(self._fitting.model, epoch, step, logs)
        self._fitting.read(epochs=(record,))

    @contextmanager
    def watch(self, model: Any, optimizer: Any) -> Iterator[None]:
        """Watches a training loop of the user's own.

        Args:
            model: The `keras.Model`, or None.
            optimizer: The optimizer that is called, a name, or None.
        """
        self._detach()
        wanted = optimizer or self._settings.optimizer
        watch = self._attached(model, find_optimizers(model, wanted))
        watch.reserve(16 * self._settings.window)
        watch.begin()
        try:
            self._running.in_loop = True
            self._running.begins()
            with watch.polling():
                yield
        finally:
            self.close()

    def close(self) -> None:
        """Leaves the model as it was; everything measured is on disk."""
        self._detach()
        self._pipeline.close()

    def _attached(self, model: Any, optimizers: list[Any]) -> Watch:
        """The watch of these optimizers, counting on from the last step."""
        settings, stage = self._settings, self._stage
        if stage and len(optimizers) > 1:
            stage = Stage((), ())
            warn(
                "The actions are left out: the model has several optimizers. "
                "Say with `GradientMonitor(optimizer=...)` for which they are"
            )
        for optimizer in optimizers:
            strategy = replicas.strategy_of(optimizer)
            replicas.require_supported(strategy)
            self._pipeline.writes = replicas.is_chief(strategy)
        self._pipeline.counted = counted_names(model)
        watch = self._watch
        if watch is None or not watch.is_of(model, optimizers):
            watch = Watch(
                model,
                optimizers,
                settings.statistics,
                self._pipeline,
                settings.window,
                schedule_of(settings.sample_every, optimizers[0]),
                lambda optimizer: setup_of(
                    model,
                    optimizer,
                    settings.chance,
                    settings.hparams,
                    settings.lag,
                ),
                crashed=weakref.WeakMethod(self.close),
                stage=stage,
            )
            watch.samples.histograms = settings.histograms
        watch.announce(self._last_step)
        self._watch = watch
        return watch

    def _detach(self) -> None:
        self._fitting = None
        callbacks = self._running.callbacks
        if callbacks is not None and self._last in callbacks:
            callbacks.remove(self._last)
        self._running.callbacks, self._running.in_loop = None, False
        if self._train_function is not None:
            self._train_function.dismiss()
        if self._watch is not None:
            self._watch.end()
            self._last_step = self.last_step


def callbacks_around(monitor: Any) -> list[Any] | None:
    """The list of `fit` that calls this callback, None if there is none."""
    frame = inspect.currentframe()
    while frame is not None:
        owner = frame.f_locals.get("self")
        if isinstance(owner, keras.callbacks.CallbackList):
            found: list[Any] = owner.callbacks
            return found if monitor in found else None
        frame = frame.f_back
    return None
