"""What was trained, how far it got, and what is missing."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kgrad.records import Array, Setup, totals
from kgrad.records.numbers import number
from kgrad.signs.loss_fall import falling
from kgrad.signs.metric import GUESSING, Progress
from kgrad.storage.history import RunHistory


@dataclass(frozen=True)
class Fact:
    """What was trained, or how far it got."""

    name: str
    text: str


def facts(history: RunHistory) -> Iterator[Fact]:
    """What is known of the run; nothing is said of the rest."""
    setup = history.setup
    texts = {
        "model": _model(setup),
        "optimizer": _optimizer(setup),
        **{name: str(value) for name, value in setup.hparams.items()},
        "steps": _steps(history),
        "samples": _samples(history),
        "epochs": _epochs(history),
        "loss": _loss(history.loss),
        "progress": _progress(history),
    }
    return (Fact(name, text) for name, text in texts.items() if text)


def _model(setup: Setup) -> str:
    layers = [
        f"{layer.class_name}({layer.units or ''})" for layer in setup.layers
    ]
    return " > ".join(layers) + (f", {setup.loss}" if setup.loss else "")


def _optimizer(setup: Setup) -> str:
    arguments = setup.optimizer_arguments.items()
    given = ", ".join(f"{name}={value!r}" for name, value in arguments)
    return f"{setup.optimizer}({given})" if setup.optimizer else ""


def _steps(history: RunHistory) -> str:
    steps = history.steps
    if not len(steps):
        return "none"
    text = f"{len(steps)}, from {steps[0]} to {steps[-1]}"
    by_action = totals(history.actions).get("skip", 0)
    scaled = int(history.skipped.sum()) - by_action
    text += f", {by_action} skipped by Skip" if by_action else ""
    return text + (f", {scaled} skipped by loss scaling" if scaled else "")


def _samples(history: RunHistory) -> str:
    """How far apart the sampled steps are."""
    steps = np.unique([sample.step for sample in history.samples])
    if len(steps) < 2:
        return f"1, step {steps[0]}" if len(steps) else ""
    apart = np.diff(steps)
    least, most = apart.min(), apart.max()
    if least == most:
        return f"{len(steps)}, every {least} steps"
    return f"{len(steps)}, {least} to {most} steps apart"


def _epochs(history: RunHistory) -> str:
    if not history.epochs:
        return "none completed"
    logs = history.epochs[-1].logs.items()
    metrics = ", ".join(f"{name} {number(value, 4)}" for name, value in logs)
    return f"{len(history.epochs)}, the last with {metrics}"


def _loss(loss: Array) -> str:
    finite = loss[np.isfinite(loss)]
    if not len(finite):
        return ""
    return f"first {number(finite[0])}, last {number(loss[-1])}"


def _progress(history: RunHistory) -> str:
    """That it is too early to tell, where a model guesses and may yet learn."""
    if any(not finding.is_note for finding in history.findings):
        return ""
    progress = Progress()
    for snapshot in history.snapshots:
        progress.update(snapshot)
    if not progress.gain < GUESSING:
        return ""
    falls = falling(progress) is not None
    return (
        f"too early to tell: no better than guessing yet, {progress.steps:,} "
        f"updates so far{', the loss is still falling' if falls else ''}"
    )


def missing(history: RunHistory) -> tuple[str, ...]:
    """What a reader may look for in vain, and why, in sentences."""
    hidden = _hidden(history)
    if not len(history.steps):
        return (*hidden, "No steps have been recorded yet.")
    if not history.samples:
        return (
            *hidden,
            "No step was sampled, so there are no gradients through time, no "
            "activities and no numbers of the data: `GradientMonitor` samples "
            "the first step of `fit` and some after it, see `time_every`.",
        )
    lacks = hidden
    if not any(sample.data for sample in history.samples):
        lacks.append(
            "There are no numbers of the data: the run is of an older version, "
            "or of a loop without `monitor.observe(x, y, y_pred)`."
        )
    if not any(sample.profiles for sample in history.samples):
        lacks.append(
            "There are no gradients through time: the model has no recurrent "
            "layer that is watched."
        )
    lacks += _called_again(history)
    return tuple(lacks)


def _hidden(history: RunHistory) -> list[str]:
    """Other runs of the same folder, and how to see them."""
    *others, own = history.places or ("",)
    if not others:
        return []
    commands = (f"`kgrad report {shlex.quote(place)}`" for place in others)
    return [
        f"The folder holds {len(others) + 1} runs; this is the one of "
        f"`{os.path.basename(own)}`. To see the other"
        f"{'s' * (len(others) > 1)}: {', '.join(commands)}."
    ]


def _called_again(history: RunHistory) -> list[str]:
    """Of which layers one profile stands for several calls."""
    calls = {
        profile.layer: profile.calls
        for sample in history.samples
        for profile in sample.profiles
        if profile.calls > 1
    }
    return [
        f"`{layer}` is called {count} times in a step: its gradient through "
        "time is that of all calls together, its activity that of the last."
        for layer, count in calls.items()
    ]
