"""The callback: it calls the stages in order and computes nothing itself."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras

from kgrad import reporters as reporters_module
from kgrad import signs as signs_module
from kgrad._arguments import items, mapping, path, positive
from kgrad._warnings import warn
from kgrad.actions import Action
from kgrad.actions.stage import Stage
from kgrad.diagnosis import Diagnosis
from kgrad.records import Finding
from kgrad.reporters.base import Reporter
from kgrad.session.epochs import EpochReader
from kgrad.session.pipeline import Pipeline
from kgrad.session.setup import setup_of
from kgrad.session.watch import Watch
from kgrad.session.weak import weakly
from kgrad.signs.base import Sign
from kgrad.step import replicas
from kgrad.step import statistics as statistics_module
from kgrad.step.optimizers import find_optimizer, wanted_optimizer
from kgrad.step.train_function import (
    WatchedTrainFunction,
    set_aside,
    watched_train_function,
)
from kgrad.storage.history import RunHistory

if TYPE_CHECKING:
    from kgrad.figures.plots import Plots


class GradientMonitor(keras.callbacks.Callback):
    """Measures the gradients of every step, and says what is wrong.

    The gradients are those that training uses: they are measured inside the
    compiled step, at the optimizer. Training is not changed by it: weights
    come out bit for bit as they do without the monitor.

    Under `tf.distribute` they are those of all replicas together; every
    process needs a monitor, and the chief's alone writes and has a history.

    Args:
        log_dir: Run folder, made if it does not exist. It takes the history
            of every step (`RunHistory.load`) and TensorBoard's event files.
        optimizer: What to listen to, for a model that has several: a
            `keras.optimizers.Optimizer`, or the name of the model's
            attribute that holds it. By default the optimizer that the model
            was compiled with.
        signs: List of `kgrad.signs.Sign` to look for; by default all.
        reporters: List of `kgrad.reporters.Reporter`; by default
            TensorBoard's event files and, when there is something to say, a
            table on the console at the end.
        actions: List of `kgrad.actions.Action`; by default none. Of several
            processes all need the same, and act alike at the same steps.
        chance: Metric name to the value that guessing reaches, such as
            `{"accuracy": 0.1}`: what slow progress is judged against. By
            default it follows from the number of classes of a classifier.
        hparams: What to compare runs by, in TensorBoard's HParams tab: name
            to number or string.
        lag: How many time steps back, from the last, lies the earliest input
            that the answer depends on, where that is known: what vanishing
            in time is judged against. By default the whole sequence.
        window: Number of steps between two copies to the host; at most so
            many are lost when the process is killed.
        time_every: Number of steps between two that are looked at more
            closely, in `fit`: the gradient through time of recurrent
            layers, and what the units do. The first step is one.

    Attributes:
        history: `RunHistory` of every step so far.
        findings: List of `Finding`, the gravest first.
        diagnoses: List of `Diagnosis`: the findings, those that follow from
            one another as one, with the cause.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If `lag`, `window` or `time_every` is not positive.

    Example:
        >>> monitor = kgrad.GradientMonitor("runs/1")   # doctest: +SKIP
        >>> model.fit(x, y, callbacks=[monitor])        # doctest: +SKIP
        >>> monitor.findings                            # doctest: +SKIP
        [Finding(sign='exploding', target='rnn/recurrent_kernel', ...)]
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        *,
        optimizer: Any = None,
        signs: Iterable[Sign] | None = None,
        reporters: Iterable[Reporter] | None = None,
        actions: Iterable[Action] = (),
        chance: Mapping[str, float] | None = None,
        hparams: Mapping[str, float | int | str] | None = None,
        lag: int | None = None,
        window: int = 64,
        time_every: int = 50,
    ) -> None:
        super().__init__()
        self.log_dir = path("log_dir", log_dir)
        self._optimizer = wanted_optimizer(optimizer)
        self._window = positive("window", window)
        self._time_every = positive("time_every", time_every)
        self._chance = mapping("chance", chance, float | int)
        self._hparams = mapping("hparams", hparams, float | int | str)
        self._lag = 0 if lag is None else positive("lag", lag)
        if signs is None:
            signs = signs_module.default()
        if reporters is None:
            reporters = reporters_module.default(self.log_dir)
        signs = items("signs", signs, Sign)
        self._stage = Stage(actions, [sign.name for sign in signs])
        self._pipeline = Pipeline(
            self.log_dir, signs, items("reporters", reporters, Reporter)
        )
        self._statistics = statistics_module.default()
        self._epoch_reader = EpochReader()
        self._watch: Watch | None = None
        self._fitting: Watch | None = None
        self._train_function: WatchedTrainFunction | None = None
        self._last_step = 0

    @property
    def findings(self) -> list[Finding]:
        """What the signs have found so far, the gravest first."""
        return self._pipeline.findings

    @property
    def diagnoses(self) -> list[Diagnosis]:
        """What is wrong so far, one for each cause, the gravest first."""
        return list(self._pipeline.diagnoses)

    @property
    def stopped(self) -> str:
        """Why an action stops the training, `""` while none does.

        A loop asks after each step: `Restore`, too, acts then. Of several
        processes all must ask.
        """
        if self._watch is not None:
            self._watch.ask()
        return self._stage.stopped

    @property
    def history(self) -> RunHistory:
        """Every step so far, those of the open window included."""
        if self._watch is not None:
            self._watch.drain()
        return self._pipeline.history

    def plot(self, *, dark: bool = False) -> Plots:
        """Figures of every step so far, for a notebook.

        As the last line of a cell they show themselves one below the other:
        the story with the findings, the parameters, the gradient through
        time, and what the units do.

        Args:
            dark: Whether the notebook is dark.

        Returns:
            A sequence of `plotly.graph_objects.Figure`, with `show()` for
            where nothing shows by itself.
        """
        from kgrad.figures.plots import plots

        return plots(self.history, dark=dark)

    def on_train_begin(self, logs: Any = None) -> None:
        """Finds what to listen to."""
        self._detach()
        try:
            model = self.model
            watch = self._watching(
                model, find_optimizer(model, self._optimizer)
            )
            watch.reserve(model.steps_per_execution)
            watch.sample()
            self._fitting = watch
        except Exception as error:
            warn("The model cannot be watched", error)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Goes along with the step that begins."""
        if self._fitting is not None:
            self._fitting.begin()
            self._train_function = watched_train_function(
                self.model, self._train_function
            )
            self._train_function.expect(self._fitting)

    def on_test_begin(self, logs: Any = None) -> None:
        """Validation begins, when it is a part of `fit`."""
        if self._fitting is not None:
            self._fitting.read()
        self._epoch_reader.validation_begins(self.model)

    def on_test_end(self, logs: Any = None) -> None:
        """Validation ends, when it is a part of `fit`."""
        self._epoch_reader.validation_ends(self.model)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Reads what is left of the epoch, and passes on its metrics."""
        if self._fitting is not None:
            record = self._epoch_reader.epoch_ends(
                self.model, epoch, self._fitting.last_step, logs or {}
            )
            self._fitting.read(epochs=(record,))

    def on_train_end(self, logs: Any = None) -> None:
        """Leaves the model as it was, and tells the reporters."""
        self.close()

    @contextmanager
    def watch(
        self, model: keras.Model | None, optimizer: Any = None
    ) -> Iterator[GradientMonitor]:
        """Watches a training loop of the user's own.

        For a `GradientTape` loop, or for calls of `train_on_batch`. A
        `tf.function` of the user's that updates weights must be traced
        inside the context.

        Args:
            model: The model that is trained; None if there is none.
            optimizer: The optimizer that is called; by default the model's.

        Yields:
            This monitor.

        Raises:
            ValueError: If there is no optimizer to listen to.
        """
        self._detach()
        found = find_optimizer(model, optimizer or self._optimizer)
        watch = self._watching(model, found)
        watch.reserve(16 * self._window)
        watch.begin()
        try:
            with set_aside(model), watch.listening(), watch.polling():
                yield self
        finally:
            self.close()

    def observe(
        self,
        x: Any,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
    ) -> None:
        """Shows the batch of the last step, in a loop inside `watch`.

        Some steps are summarized, the first one among them; to call it in
        the others costs next to nothing. In `fit` it is done by itself.

        Args:
            x: The inputs: arrays or eager tensors, nested or not.
            y: The targets.
            y_pred: What the model made of the inputs.
            sample_weight: Sample weights.
        """
        if self._watch is not None:
            self._watch.observations.add(
                self._watch.last_step, (x, y, y_pred, sample_weight)
            )

    def close(self) -> None:
        """Leaves the model as it was; all that was measured is on disk."""
        self._detach()
        self._pipeline.close()

    def __enter__(self) -> GradientMonitor:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _watching(self, model: Any, optimizer: Any) -> Watch:
        """The watch of this optimizer, counting on from the last step."""
        strategy = replicas.strategy_of(optimizer)
        replicas.require_supported(strategy)
        self._pipeline.writes = replicas.is_chief(strategy)
        setup = setup_of(
            model, optimizer, self._chance, self._hparams, self._lag
        )
        watch = self._watch
        if watch is None or not watch.is_of(model, optimizer):
            watch = Watch(
                model,
                optimizer,
                self._statistics,
                self._pipeline,
                self._window,
                self._time_every,
                crashed=weakly(self.close),
                stage=self._stage,
            )
            # What an exception between two steps leaves unread is read at
            # the latest when the interpreter ends.
            weakref.finalize(self, watch.drain)
        watch.describe(setup)
        watch.announce(self._last_step)
        self._watch = watch
        return watch

    def _detach(self) -> None:
        self._fitting = None
        if self._train_function is not None:
            self._train_function.dismiss()
        if self._watch is not None:
            self._watch.drain()
            self._last_step = max(self._last_step, self._watch.last_step)
