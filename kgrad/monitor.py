"""The callback: what a user sets, reads and calls."""

from __future__ import annotations

import copy
import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import keras

from kgrad import reporters as reporters_module
from kgrad._arguments import distance, items, mapping, path, positive, switch
from kgrad.actions import Action
from kgrad.actions.stage import Stage
from kgrad.diagnosis import Diagnosis
from kgrad.records import Finding
from kgrad.reporters.base import Reporter
from kgrad.session.needs import chosen_signs, needed
from kgrad.session.pipeline import Pipeline
from kgrad.session.sample_schedule import Every
from kgrad.session.session import Session, Settings, callbacks_around
from kgrad.signs.base import Sign
from kgrad.step.optimizers import wanted_optimizer
from kgrad.step.replicas import require_tensorflow
from kgrad.step.statistics import Statistic, chosen
from kgrad.storage.history import RunHistory

if TYPE_CHECKING:
    from kgrad.figures.views import Plots


class GradientMonitor(keras.callbacks.Callback):
    """Measures the gradients of every step, and says what is wrong.

    The gradients are those that training uses: they are measured inside the
    compiled step, at the optimizer. Training is not changed: the weights are
    bit for bit those of a training without the monitor, but for what XLA and
    cuDNN may round otherwise in a step that is sampled. A step that draws
    numbers of `tf.random`, which are counted by graph, is not sampled, and a
    warning says so; `keras.random` has no such limit.

    Under `tf.distribute` the gradients are those of all replicas together;
    every process needs a monitor, of which the chief's writes a history.

    Args:
        log_dir: Run folder, created if it does not exist. The history of
            every step (`RunHistory.load`) and TensorBoard's event files are
            written to it.
        optimizer: What to listen to, for a model that has several: a
            `keras.optimizers.Optimizer`, or the name of the model's
            attribute that holds it. By default the optimizer that the model
            was compiled with.
        signs: What to look for: a list of names, such as `"exploding"`, and
            of `kgrad.signs.Sign`s; by default `kgrad.signs.default()`.
        reporters: List of `kgrad.reporters.Reporter`; by default
            `kgrad.reporters.default()`: TensorBoard and the console.
        on_finding: Function of a `Finding` that is called once for each
            diagnosis, with its cause. If it raises, it is called no more.
        actions: List of `kgrad.actions.Action`; by default none. Several
            processes must all have the same, and act alike at the same steps.
        statistics: What to measure beyond what signs, reporters and actions
            need: names of built-in statistics, `"all"` for all of them, and
            `kgrad.Statistic`s of your own.
        chance: Metric name to the value that guessing reaches, such as
            `{"accuracy": 0.1}`: slow progress is judged against it. By
            default it follows from the number of classes of a classifier.
        hparams: What to compare runs by in TensorBoard's HParams tab: name
            to number or string.
        lag: How many time steps before the last one lies the earliest input
            that the answer depends on, if known: vanishing through time is
            judged against it. By default the whole sequence.
        window: Number of steps between two copies to the host; at most this
            many are lost when the process is killed.
        time_every: Number of steps between two samples: steps in which the
            gradient through time, the activity of units and the data are
            measured, too. The first step is one. By default 50, and more if
            they take over 1 % of the time and over a second in all: up to
            2,000 or an epoch. None switches sampling off, and the step is
            then traced once. A loop of several workers is not sampled.
        histograms: Whether samples count gradients, weights and outputs, too.

    Attributes:
        history: `RunHistory` of every step so far.
        findings: List of `Finding`, the gravest first, notes last.
        diagnoses: List of `Diagnosis`: findings that follow from one another
            as one, with the cause.
        stopped: Why an action stopped the training, `""` if none did.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If a sign or statistic is unknown, or `lag`, `window` or
            `time_every` is not positive.

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
        signs: Iterable[str | Sign] | None = None,
        reporters: Iterable[Reporter] | None = None,
        on_finding: Callable[[Finding], Any] | None = None,
        actions: Iterable[Action] = (),
        statistics: Iterable[str | Statistic] = (),
        chance: Mapping[str, float] | None = None,
        hparams: Mapping[str, float | int | str] | None = None,
        lag: int | None = None,
        window: int = 64,
        time_every: Every | None = "auto",
        histograms: bool = False,
    ) -> None:
        super().__init__()
        require_tensorflow()
        given: dict[str, Any] = {
            name: list(value) if isinstance(value, Iterator) else value
            for name, value in locals().items()
            if name not in ("self", "__class__")
        }
        self._arguments = given
        self.log_dir = path("log_dir", log_dir)
        listed = chosen_signs(given["signs"])
        told = reporters_module.chosen(given["reporters"], on_finding)
        acting = items("actions", given["actions"], Action)
        measured = chosen(given["statistics"], needed(listed, told, acting))
        self._pipeline = Pipeline(self.log_dir, listed, told)
        self._stage = Stage(acting, [sign.name for sign in listed])
        self._session = Session(
            self._pipeline,
            self._stage,
            Settings(
                optimizer=wanted_optimizer(optimizer),
                statistics=measured,
                chance=mapping("chance", chance, float | int),
                hparams=mapping("hparams", hparams, float | int | str),
                lag=None if lag is None else positive("lag", lag),
                window=positive("window", window),
                sample_every=distance("time_every", time_every),
                histograms=switch("histograms", histograms),
            ),
        )
        # Steps that an exception leaves unread are read at the latest when
        # the interpreter ends.
        weakref.finalize(self, self._session.drain)

    def __repr__(self) -> str:
        step, found = self._session.last_step, len(self.findings)
        return f"<GradientMonitor {self.log_dir!r}: {step=}, findings={found}>"

    def _repr_html_(self) -> str:
        return self.history._repr_html_()

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
        """Why an action stopped the training, `""` if none did."""
        return self._stage.stopped

    @property
    def history(self) -> RunHistory:
        """Every step so far, those of the open window included."""
        self._session.drain()
        return self._pipeline.history

    def plot(self, *, dark: bool = False) -> Plots:
        """Figures of every step so far, for a notebook.

        As the last line of a cell they are shown one below the other: the
        story with the findings, the parameters, the gradient through time ...

        Args:
            dark: Whether the notebook is dark.

        Returns:
            A sequence of `plotly.graph_objects.Figure`, with a `show()`.
        """
        from kgrad.figures.views import plots

        return plots(self.history, dark=dark)

    def run_actions(self) -> str:
        """Runs the actions that are due, between two steps of a loop.

        In `fit` they run by themselves. In a loop inside `watch` call it
        after each step: `Restore` may put weights back then. With several
        processes, all must call it after the same steps.

        Returns:
            Why the training should stop, `""` to continue.
        """
        self._session.run_actions()
        return self._stage.stopped

    def on_train_begin(self, logs: Any = None) -> None:
        """Finds out what to listen to."""
        callbacks = callbacks_around(self)
        self._session.fit_begins(self.model, callbacks, self.params or {})

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Watches the step that follows."""
        self._session.batch_begins()

    def on_test_begin(self, logs: Any = None) -> None:
        """Notes the metrics of the epoch before its validation."""
        self._session.validation_begins(self.model)

    def on_test_end(self, logs: Any = None) -> None:
        """Notes the metrics of the validation."""
        self._session.validation_ends(self.model)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Reads the rest of the epoch and records its metrics."""
        self._session.epoch_ends(epoch, logs or {})

    def on_train_end(self, logs: Any = None) -> None:
        """Leaves the model as it was, and tells the reporters."""
        self.close()

    @contextmanager
    def watch(
        self, model: keras.Model | None, optimizer: Any = None
    ) -> Iterator[GradientMonitor]:
        """Watches a training loop of your own.

        For a `GradientTape` loop or calls of `train_on_batch`. A
        `tf.function` that updates weights must be traced inside the context.

        Args:
            model: The model that is trained; None if there is none.
            optimizer: The optimizer that is called; by default the model's.

        Yields:
            This monitor.

        Raises:
            TypeError: If `optimizer` cannot be one.
            ValueError: If there is no optimizer to listen to.
        """
        with self._session.watch(model, wanted_optimizer(optimizer)):
            yield self

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
        self._session.observe((x, y, y_pred, sample_weight))

    def close(self) -> None:
        """Leaves the model as it was; everything measured is on disk."""
        self._session.close()

    def __reduce__(self) -> Any:
        """A copy has the same arguments and has watched nothing yet."""
        return partial(type(self), **self._arguments), ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """It calls the same `on_finding`, not a method of a copied object."""
        memo |= {id(x): x for x in [self._arguments["on_finding"]]}
        return type(self)(**copy.deepcopy(self._arguments, memo))

    def __enter__(self) -> None:
        raise TypeError(
            "A `GradientMonitor` is no context manager. Pass it to `fit` in "
            "`callbacks`, or write `with monitor.watch(model):` around a loop."
        )

    def __exit__(self, *error: object) -> None:
        """For Python to call `__enter__`, which tells what to do instead."""
