"""The trainings that one monitor follows, one after the other."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kgrad._warnings import warn
from kgrad.actions.stage import Stage
from kgrad.session.epochs import EpochReader
from kgrad.session.pipeline import Pipeline
from kgrad.session.setup import setup_of
from kgrad.session.watch import Watch
from kgrad.step import replicas
from kgrad.step.optimizers import find_optimizer
from kgrad.step.statistics import Statistic
from kgrad.step.train_function import (
    WatchedTrainFunction,
    set_aside,
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
        sample_every: Steps between two samples; None for no samples.
    """

    optimizer: Any
    statistics: tuple[Statistic, ...]
    chance: Mapping[str, float]
    hparams: Mapping[str, float | int | str]
    lag: int | None
    window: int
    sample_every: int | None


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

    def fit_begins(self, model: Any) -> None:
        """Finds out what to listen to."""
        self._detach()
        try:
            optimizer = find_optimizer(model, self._settings.optimizer)
            watch = self._attached(model, optimizer)
            watch.reserve(model.steps_per_execution)
            watch.sample()
            self._fitting = watch
        except Exception as error:
            warn("The model cannot be watched", error)

    def batch_begins(self) -> None:
        """Watches the step that follows."""
        if self._fitting is None:
            return
        self._fitting.begin()
        self._train_function = watched_train_function(
            self._fitting.model, self._train_function
        )
        self._train_function.expect(self._fitting)

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
        if self._fitting is not None:
            record = self._epochs.epoch_ends(
                self._fitting.model, epoch, self._fitting.last_step, logs
            )
            self._fitting.read(epochs=(record,))

    @contextmanager
    def watch(self, model: Any, optimizer: Any) -> Iterator[None]:
        """Watches a training loop of the user's own.

        Args:
            model: The `keras.Model`, or None.
            optimizer: The optimizer that is called, a name, or None.
        """
        self._detach()
        found = find_optimizer(model, optimizer or self._settings.optimizer)
        watch = self._attached(model, found)
        watch.reserve(16 * self._settings.window)
        watch.begin()
        try:
            with set_aside(model), watch.listening(), watch.polling():
                yield
        finally:
            self.close()

    def close(self) -> None:
        """Leaves the model as it was; everything measured is on disk."""
        self._detach()
        self._pipeline.close()

    def _attached(self, model: Any, optimizer: Any) -> Watch:
        """The watch of this optimizer, counting on from the last step."""
        settings = self._settings
        strategy = replicas.strategy_of(optimizer)
        replicas.require_supported(strategy)
        self._pipeline.writes = replicas.is_chief(strategy)
        watch = self._watch
        if watch is None or not watch.is_of(model, optimizer):
            watch = Watch(
                model,
                optimizer,
                settings.statistics,
                self._pipeline,
                settings.window,
                settings.sample_every,
                crashed=weakref.WeakMethod(self.close),
                stage=self._stage,
            )
        watch.describe(
            setup_of(
                model,
                optimizer,
                settings.chance,
                settings.hparams,
                settings.lag,
            )
        )
        watch.announce(self._last_step)
        self._watch = watch
        return watch

    def _detach(self) -> None:
        self._fitting = None
        if self._train_function is not None:
            self._train_function.dismiss()
        if self._watch is not None:
            self._watch.drain()
            self._last_step = self.last_step
