"""Which steps are samples, in `fit` and in loops, and what was read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import (
    AbstractContextManager,
    ExitStack,
    contextmanager,
    nullcontext,
)
from typing import Any, Protocol

import tensorflow as tf

from kgrad._warnings import warn
from kgrad.records import Sample
from kgrad.session.sample_schedule import SampleSchedule
from kgrad.step.functions import Traces, WatchedFunction
from kgrad.step.optimizer_tap import OptimizerTap
from kgrad.step.randomness import draws_numbers
from kgrad.step.replicas import several
from kgrad.step.sampler import Sampler
from kgrad.step.targets import layers_of
from kgrad.step.train_function import WatchedTrainFunction


class InLoop(Protocol):
    """What a loop of the user's own is watched by."""

    @property
    def training(self) -> object:
        """Another object for each training."""

    def trained(self) -> list[Any]:
        """The `tf.Variable`s of its optimizers."""

    def tapped(self) -> list[Any]:
        """The `tf.Variable`s of the layers that it taps in samples."""


class Samples:
    """Opens the taps of a sampler in the steps that are samples.

    Args:
        model: The `keras.Model`, or None.
        taps: Those of the optimizers.
        schedule: When a step is a sample; None for no samples.

    Attributes:
        histograms: Whether gradients, weights and outputs are counted, too.
    """

    histograms = False

    def __init__(
        self,
        model: Any,
        taps: Sequence[OptimizerTap],
        schedule: SampleSchedule | None,
    ) -> None:
        self._model = model
        self._taps = taps
        self._schedule = schedule
        self._sampler: Sampler | None = None
        self._open = False
        self._taken: list[Sample] = []
        self._tried = schedule is None
        for tap in taps:
            tap.entered = self._entered

    def prepare(self, epoch: int = 0) -> None:
        """Makes the sampler as soon as the model is built.

        Args:
            epoch: Steps of an epoch of the training that begins, if known.
        """
        if epoch and self._schedule is not None:
            self._schedule.epoch = epoch
        if self._tried or not all(x.built for x in layers_of(self._model)):
            return
        self._tried = True
        try:
            sampler = Sampler(self._model, self._taps[0].optimizer)
            if self.histograms:
                sampler.count()
        except Exception as error:
            warn("The gradient through time cannot be measured", error)
            return
        if sampler.useful:
            self._sampler = sampler
            for tap in self._taps:
                tap.applied = sampler.step_ends
                tap.looked = sampler.measured

    @property
    def due(self) -> bool:
        """Whether the next step is a sample."""
        if self._sampler is None or self._schedule is None:
            return False
        return self._schedule.due

    def weights(self) -> list[Any]:
        """A weight of each layer that is tapped."""
        return [] if self._sampler is None else self._sampler.weights()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Opens the taps of the sampler."""
        assert self._sampler is not None
        self._open = True
        try:
            with self._sampler.listening():
                yield
        finally:
            self._open = False

    def step_begins(self) -> None:
        """A compiled step is called."""
        if self._sampler is not None and self._schedule is not None:
            self._schedule.step_begins()

    def stepped(self, steps: int, sampled: bool | None = None) -> None:
        """Notes that this many steps were made; keeps what a sample gave.

        Args:
            steps: How many.
            sampled: Whether they were a sample; by default if one was due.
        """
        if self._sampler is None or self._schedule is None:
            self.prepare()
            return
        sampled = self.due if sampled is None else sampled
        if sampled:
            sample = self._sampler.read(self._last_step())
            seen = (sample.profiles, sample.activities, sample.data)
            if any(seen) or sample.histograms:
                self._taken.append(sample)
        self._schedule.stepped(steps, sampled)

    def taken(self) -> tuple[Sample, ...]:
        """The samples since the last call."""
        samples, self._taken = tuple(self._taken), []
        return samples

    def noting(self) -> AbstractContextManager[None]:
        """Finds the functions in which the tapped layers are traced."""
        return (
            nullcontext() if self._sampler is None else self._sampler.noting()
        )

    def in_loop(self, watch: InLoop) -> AbstractContextManager[None]:
        """Samples in a loop of the user's own for as long as it is open."""
        return _Loop(self, watch, self._model, self._taps).watching()

    def _last_step(self) -> int:
        with tf.init_scope():
            return int(self._taps[0].step)

    def _entered(self) -> None:
        """Gives up samples whose step could not be repeated without them."""
        if self._open and tf.inside_function() and draws_numbers():
            self._sampler = None
            warn(
                "The gradient through time and the activity of units are not "
                "measured: the step draws numbers with `tf.random`, and would "
                "draw others in the samples, which have a graph of their own. "
                "Draw them with `keras.random` and a `SeedGenerator`, or set "
                "`time_every=None`"
            )
            raise RuntimeError("the step is traced again without samples")


class _Loop:
    """The steps of a loop of the user's own, whoever makes them.

    An eager step ends with a call of the optimizer; a `tf.function` and
    `train_on_batch` are replaced by what knows when a step begins.
    """

    def __init__(
        self,
        samples: Samples,
        watch: InLoop,
        model: Any,
        taps: Sequence[OptimizerTap],
    ) -> None:
        self._samples = samples
        self._watch = watch
        self._model = model
        self._taps = taps
        self._eager: ExitStack | None = None
        self.running = False
        self._sampled = False

    @property
    def sampling(self) -> bool:
        return self._samples.due

    @property
    def training(self) -> object:
        return self._watch.training

    def trained(self) -> list[Any]:
        return self._watch.trained()

    def tapped(self) -> list[Any]:
        return self._watch.tapped()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Opens the taps of the sampler in a call of a compiled step."""
        self._close_eager()
        self.step_begins()
        self.running = True
        try:
            with ExitStack() as stack:
                self._sampled = self.sampling
                if self.sampling:
                    stack.enter_context(self._samples.listening())
                yield
        finally:
            self.running = False

    def step_begins(self) -> None:
        self._samples.step_begins()

    def stepped(self, steps: int) -> None:
        self._samples.stepped(1)

    def crashed(self) -> None:
        """The exception leaves the block, which closes everything."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._samples.prepare()
        with ExitStack() as stack:
            traces = Traces(
                lambda function: stack.enter_context(
                    WatchedFunction(function, traces, self).staying()
                )
            )
            traces.search(self.trained(), self.tapped())
            stack.enter_context(traces.opened(False))
            if hasattr(self._model, "make_train_function"):
                function = WatchedTrainFunction(self._model)
                stack.enter_context(function.staying(self))
            for tap in self._taps:
                tap.ran = self._ran
            stack.enter_context(self._samples.noting())
            stack.callback(self._leave)
            yield

    def _ran(self) -> None:
        """An optimizer has run eagerly, which ends a step."""
        if self.running or several():
            return
        sampled, self._sampled = self._sampled, False
        self._close_eager()
        self._samples.stepped(1, sampled)
        if self._samples.due:
            self._eager = ExitStack()
            self._eager.enter_context(self._samples.listening())
            self._sampled = True

    def _close_eager(self) -> None:
        if self._eager is not None:
            self._eager.close()
            self._eager = None

    def _leave(self) -> None:
        self._close_eager()
        for tap in self._taps:
            tap.ran = _nothing


_nothing: Callable[[], None] = lambda: None  # noqa: E731
