"""Trains a model as it is and with each remedy, and compares."""

from __future__ import annotations

import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state
from rich.console import Console

from kgrad._arguments import positive, require
from kgrad.monitor import GradientMonitor
from kgrad.records import Edit
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter
from kgrad.signs import metric as metrics
from kgrad.storage.history import RunHistory
from kgrad.treatment.apply import apply
from kgrad.treatment.callbacks import STOPPED_BY, callbacks_of, is_callback
from kgrad.treatment.choice import Choice, by_hand, chosen
from kgrad.treatment.results import Treatment, Treatments
from kgrad.treatment.telling import Telling

Build = Callable[[], keras.Model]
Fit = Callable[[keras.Model, list[keras.callbacks.Callback]], object]


UNTREATED = "untreated"
"""Name of the run of the model as it is."""


def treat(
    build: Build,
    fit: Fit,
    folder: str | os.PathLike[str],
    *,
    remedies: int = 3,
    seed: int = 0,
    metric: str | None = None,
    chance: Mapping[str, float] | None = None,
    lag: int | None = None,
    quiet: bool = False,
) -> Treatments:
    """Trains a model as it is, then with the remedies for what was found.

    Each training begins with a fresh model and with the same random seeds:
    the layers that a remedy does not touch begin with the same weights, and
    the data is shuffled alike. Each is watched by a `GradientMonitor`.

    What a remedy adds to the model is in the code of the finding, word for
    word. To scale the inputs it puts a `BatchNormalization(center=False,
    scale=False)` right behind each input of real numbers, which estimates
    in training what the mean and the spread of the data are, so that the
    data itself need not be known.

    It sets the random seeds of Python, NumPy and TensorFlow.

    Args:
        build: Called without arguments, gives a compiled `keras.Model` that
            was not trained yet; a new one in each call.
        fit: Called with the model and a list of callbacks; has to call
            `model.fit(..., callbacks=callbacks)`.
        folder: Takes a run folder for each training, `0-untreated` and so
            on; made if it does not exist. A run folder that is there is
            continued as `GradientMonitor` does: the later run counts.
        remedies: How many remedies are tried at most: the first one of each
            diagnosis, the gravest first, then the second ones, ...
        seed: The random seed, from 0 on.
        metric: What the runs are judged by, a name in Keras' logs such as
            `"val_accuracy"`. By default a validation accuracy if there is
            one, or what comes nearest to it.
        chance: As for `GradientMonitor`: metric name to what guessing
            reaches.
        lag: As for `GradientMonitor`: how many steps back the task needs.
        quiet: Whether nothing is printed: no progress, and no table at the
            end.

    Returns:
        The runs. A remedy that does not fit the model, and one with which
        training crashes, is a run with an `error`.

    Raises:
        TypeError: If an argument is of the wrong type, or `build` gives no
            compiled model.
        ValueError: If `remedies` or `lag` is below 1, if `fit` trained
            nothing, or if there is no such metric. Besides, what `build`
            raises, and `fit` for the model as it is.

    Example:
        >>> treatments = kgrad.treat(build, fit, "runs/treat") # doctest: +SKIP
        >>> treatments.best.name                               # doctest: +SKIP
        'gradient clipping'
    """
    require(
        # A model is callable, too.
        callable(build) and not isinstance(build, keras.Layer),
        "`build` must be a function that gives a model, a new one each time.",
        build=build,
    )
    require(callable(fit), "`fit` must be callable.", fit=fit)
    require(
        isinstance(folder, str | os.PathLike) and bool(os.fspath(folder)),
        "`folder` must be the path of a folder.",
        folder=folder,
    )
    require(
        isinstance(metric, str | None),
        "`metric` must be a string or None.",
        metric=metric,
    )
    positive("remedies", remedies)
    telling = Telling(None if quiet else Console())
    experiment = _Experiment(build, fit, Path(folder), seed, chance, lag)
    telling.begins(UNTREATED)
    first, history = experiment.run(f"0-{UNTREATED}")
    judged = _metric(metric, history)
    first = _judged(first, history, judged, first)
    choices = chosen(history.diagnoses, remedies)
    telling.ends(first, judged, len(choices))
    left = by_hand(history.diagnoses)
    runs = [first]
    for number, choice in enumerate(choices, 1):
        telling.begins(choice.name)
        name = f"{number}-{re.sub(r'[^a-z0-9]+', '-', choice.name.lower())}"
        run, history = experiment.run(name, choice)
        runs.append(_judged(run, history, judged, first))
        telling.ends(runs[-1], judged, len(choices) - number)
    treatments = Treatments(judged, tuple(runs), left)
    telling.shows(treatments)
    return treatments


@dataclass
class _Experiment:
    """What is the same in every training."""

    build: Build
    fit: Fit
    folder: Path
    seed: int
    chance: Mapping[str, float] | None
    lag: int | None
    shape: Any = None
    """Of the input, of a model that only knows it once it was trained."""

    def run(
        self, folder: str, choice: Choice | None = None
    ) -> tuple[Treatment, RunHistory]:
        """A training of a fresh model.

        Args:
            folder: Name of the run folder.
            choice: What is done to the model. Then an error is a result,
                too; of the model as it is, it is raised.
        """
        began = time.monotonic()
        place = self.folder / folder
        name = choice.name if choice else UNTREATED
        monitor = GradientMonitor(
            place,
            reporters=[TensorBoardReporter(place)],
            chance=self.chance,
            lag=self.lag,
            hparams={"remedy": name},
        )
        error = ""
        try:
            self._train(monitor, choice.edits if choice else ())
        except Exception as reason:
            if choice is None:
                raise
            error = f"{type(reason).__name__}: {reason}"
        history = monitor.history
        run = Treatment(
            name,
            choice.remedies if choice else (),
            place,
            findings=tuple(monitor.findings),
            steps=len(history.steps),
            seconds=time.monotonic() - began,
            error=error,
        )
        return run, history

    def _train(self, monitor: GradientMonitor, edits: Sequence[Edit]) -> None:
        with _names_from_the_start():
            model = self._model([e for e in edits if not is_callback(e)])
            keras.utils.set_random_seed(self.seed)
            with monitor:
                self.fit(model, [monitor, *callbacks_of(edits)])
        if not len(monitor.history.steps):
            raise ValueError(
                "`fit` must call `model.fit(..., callbacks=callbacks)`: no "
                f"step was measured. Received: fit={self.fit!r}"
            )
        if isinstance(model, keras.Sequential):
            self.shape = getattr(model, "input_shape", None)

    def _model(self, edits: Sequence[Edit]) -> keras.Model:
        keras.utils.set_random_seed(self.seed)
        model = self.build()
        require(
            isinstance(model, keras.Model) and model.compiled,
            "`build` must return a compiled `keras.Model`.",
            build=model,
        )
        if not edits:
            return model
        if self.shape and not model.built:
            # So that there are weights to change.
            model.build((None, *self.shape[1:]))
        return apply(model, edits, seed=self.seed)


def _metric(wanted: str | None, history: RunHistory) -> str:
    known = list(history.epochs[-1].logs) if history.epochs else []
    if wanted is None:
        return metrics.main_metric(history.epochs)
    if wanted not in known:
        raise ValueError(
            f"`metric` must be among what `fit` logged, {known}. "
            f"Received: metric={wanted!r}"
        )
    return wanted


def _judged(
    run: Treatment, history: RunHistory, metric: str, first: Treatment
) -> Treatment:
    """The run with what its metric says, and beside the untreated one."""
    progress = metrics.Progress()
    for snapshot in history.snapshots:
        progress.update(snapshot)
    kept = history.epochs[-1:]
    if any(is_callback(e) for remedy in run.remedies for e in remedy.edits):
        # Early stopping puts the weights of its best epoch back.
        losses = metrics.series(history.epochs, STOPPED_BY)
        kept = history.epochs[int(np.nanargmin(losses)) :][:1]
    after = metrics.series(kept, metric)
    value = float(after[-1]) if len(after) else float("nan")
    gone = [sign for sign in first.signs if sign not in run.signs]
    return replace(
        run,
        gone=() if run.error else tuple(gone),
        before=value if run is first else first.after,
        after=value,
        gain=progress.gain,
    )


@contextmanager
def _names_from_the_start() -> Iterator[None]:
    """Layers without a name get those that they get in a new process.

    So the same layer has the same name in every run. `clear_session` would
    do so, too, and forget the user's dtype policy.
    """
    counted = global_state.get_global_attribute("object_name_uids")
    global_state.set_global_attribute("object_name_uids", defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute("object_name_uids", counted)
