"""What was trained and how far it came, in a few lines."""

from __future__ import annotations

import numpy as np

from kgrad.records import Array, Setup, totals
from kgrad.report.cases import number
from kgrad.storage.history import RunHistory


def facts(history: RunHistory) -> dict[str, str]:
    """Line by its heading; nothing is said of what is not known."""
    setup = history.setup
    lines = {
        "model": _model(setup),
        "optimizer": _optimizer(setup),
        **{name: str(value) for name, value in setup.hparams.items()},
        "steps": _steps(history),
        "epochs": _epochs(history),
        "loss": _loss(history.loss),
    }
    return {name: text for name, text in lines.items() if text}


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
    left_out = totals(history.actions).get("skip", 0)
    skipped = int(history.skipped.sum()) - left_out
    text += f", {left_out} left out by Skip" if left_out else ""
    return text + (f", {skipped} skipped by loss scaling" if skipped else "")


def _epochs(history: RunHistory) -> str:
    if not history.epochs:
        return "none has ended"
    logs = history.epochs[-1].logs.items()
    metrics = ", ".join(f"{name} {number(value, 4)}" for name, value in logs)
    return f"{len(history.epochs)}, the last with {metrics}"


def _loss(loss: Array) -> str:
    finite = loss[np.isfinite(loss)]
    if not len(finite):
        return ""
    return f"first {number(finite[0])}, last {number(loss[-1])}"
