"""Trains a model as it is and with each remedy, and compares."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
from rich.console import Console
from rich.text import Text

from kgrad._arguments import path, positive, require
from kgrad.monitor import GradientMonitor
from kgrad.records import Edit
from kgrad.records.numbers import number
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter
from kgrad.storage.history import RunHistory
from kgrad.treatment.results import (
    Treatment,
    Treatments,
    judged,
    metric_of,
)
from kgrad.treatment.training import Build, Fit, train
from kgrad.treatment.trials import Trial, choose_trials, manual_remedies

UNTREATED = "untreated"
"""Name of the run of the model as it is."""


def treat(
    build: Build,
    fit: Fit,
    log_dir: str | os.PathLike[str],
    *,
    remedies: int = 3,
    seed: int = 0,
    metric: str | None = None,
    chance: Mapping[str, float] | None = None,
    lag: int | None = None,
    verbose: int = 1,
) -> Treatments:
    """Trains a model as it is, then with the remedies for what was found.

    Each training begins with a fresh model and with the same random seeds:
    the layers that a remedy does not touch begin with the same weights, and
    the data is shuffled alike. Each is watched by a `GradientMonitor`.

    What a remedy adds to the model is in the code of the finding, word for
    word. To scale the inputs it adds a `BatchNormalization(center=False,
    scale=False)` right after each input of real numbers, which estimates the
    mean and the spread of the data during training, so that the data itself
    need not be known.

    Remedies that change the targets, their weights, their order or how long
    they are trained on are carried out where `fit` calls `model.fit` with
    arrays. Where targets were scaled, squared and absolute errors are compared
    in the units that the targets had before.

    It sets the random seeds of Python, NumPy and TensorFlow.

    Args:
        build: Called without arguments, returns a compiled `keras.Model` that
            has not been trained yet; a new one in each call.
        fit: Called with the model and a list of callbacks; has to call
            `model.fit(..., callbacks=callbacks)`.
        log_dir: Takes a run folder for each training, `0-untreated` and so
            on; made if it does not exist. An existing run folder is
            continued, as by `GradientMonitor`: the later run counts.
        remedies: How many remedies are tried at most: the first one of each
            diagnosis, the gravest first, then the second ones, ...
        seed: The random seed, from 0 on.
        metric: What the runs are judged by, a name in Keras' logs such as
            `"val_accuracy"`. By default a validation accuracy if there is
            one, or what comes nearest to it.
        chance: As for `GradientMonitor`: metric name to what guessing
            reaches.
        lag: As for `GradientMonitor`: how many steps back the task needs.
        verbose: 1 prints a line when a run begins and when it ends, and the
            table at the end; 0 prints nothing.

    Returns:
        The runs. If a remedy does not fit the model, or training crashes
        with it, the run has an `error`. Only the best run keeps its model.

    Raises:
        TypeError: If an argument is of the wrong type, or `build` returns no
            compiled model.
        ValueError: If `remedies` or `lag` is below 1, if `fit` trained
            nothing, or if there is no such metric. Besides, what `build`
            raises, and `fit` for the model as it is.

    Example:
        >>> treatments = kgrad.treat(build, fit, "runs/treat") # doctest: +SKIP
        >>> treatments.best.name                               # doctest: +SKIP
        'gradient clipping'
        >>> treatments.best.model.save("cured.keras")          # doctest: +SKIP
    """
    require(
        # A model is callable, too.
        callable(build) and not isinstance(build, keras.Layer),
        "`build` must be a function that returns a model, a new one each time.",
        build=build,
    )
    require(callable(fit), "`fit` must be callable.", fit=fit)
    place = Path(path("log_dir", log_dir))
    require(
        isinstance(metric, str | None),
        "`metric` must be a string or None.",
        metric=metric,
    )
    positive("remedies", remedies)
    console = Console(quiet=not verbose)
    experiment = _Experiment(build, fit, place, seed, chance, lag)
    _announce(console, UNTREATED)
    first, history = experiment.run(f"0-{UNTREATED}")
    metric = metric_of(history, metric)
    runs = [judged(first, history, metric, first)]
    del first  # Its model is as large as those to come.
    trials = choose_trials(history.diagnoses, remedies)
    manual = manual_remedies(history.diagnoses)
    _conclude(console, runs[0], metric, len(trials))
    for i, trial in enumerate(trials, 1):
        _announce(console, trial.name)
        name = f"{i}-{re.sub(r'[^a-z0-9]+', '-', trial.name.lower())}"
        runs.append(judged(*experiment.run(name, trial), metric, runs[0]))
        _conclude(console, runs[-1], metric, len(trials) - i)
        best = Treatments(metric, tuple(runs)).best
        runs = [x if x is best else replace(x, model=None) for x in runs]
    treatments = Treatments(metric, tuple(runs), manual)
    console.print()
    console.print(treatments)
    return treatments


def _announce(console: Console, name: str) -> None:
    """A run begins: a line and no bar, for `fit` may show a bar of its own."""
    line = Text.assemble("kgrad: training ", (name, "bold"))
    console.print(line, soft_wrap=True, highlight=False)


def _conclude(console: Console, run: Treatment, metric: str, left: int) -> None:
    """A run has ended, and some are still to come."""
    value = f"{metric} {number(run.after, 4)}, " if metric else ""
    found = run.reason or f"{value}{', '.join(run.signs) or 'no sign'}"
    more = f"; {left} more to come" if left else ""
    line = Text(f"  {found} ({run.seconds:.0f} s{more})")
    console.print(line, soft_wrap=True, highlight=False)


@dataclass
class _Experiment:
    """What is the same in every training."""

    build: Build
    fit: Fit
    log_dir: Path
    seed: int
    chance: Mapping[str, float] | None
    lag: int | None
    shape: Any = None
    """Of the input, of a model that only knows it once it was trained."""

    def run(
        self, folder: str, trial: Trial | None = None
    ) -> tuple[Treatment, RunHistory]:
        """A training of a fresh model; an error is a result of a trial."""
        began = time.monotonic()
        place = self.log_dir / folder
        name = trial.name if trial else UNTREATED
        monitor = GradientMonitor(
            place,
            reporters=[TensorBoardReporter(place)],
            chance=self.chance,
            lag=self.lag,
            hparams={"remedy": name},
        )
        model, error = None, ""
        try:
            model = self._train(monitor, trial.edits if trial else ())
        except Exception as reason:
            if trial is None:
                raise
            error = f"{type(reason).__name__}: {reason}"
        history = monitor.history
        run = Treatment(
            name,
            trial.remedies if trial else (),
            place,
            findings=tuple(f for f in monitor.findings if not f.is_note),
            steps=len(history.steps),
            seconds=time.monotonic() - began,
            error=error,
            model=model,
        )
        return run, history

    def _train(
        self, monitor: GradientMonitor, edits: Sequence[Edit]
    ) -> keras.Model:
        def fit(
            model: keras.Model, callbacks: list[keras.callbacks.Callback]
        ) -> None:
            try:
                self.fit(model, [monitor, *callbacks])
            finally:
                monitor.close()

        model = train(self.build, fit, edits, seed=self.seed, shape=self.shape)
        if not len(monitor.history.steps):
            raise ValueError(
                "`fit` must call `model.fit(..., callbacks=callbacks)`: no "
                f"step was measured. Received: fit={self.fit!r}"
            )
        if isinstance(model, keras.Sequential):
            self.shape = getattr(model, "input_shape", None)
        return model
