"""Mutations of optimizer, loss, output and length of training."""

from __future__ import annotations

from functools import partial

import numpy as np

from zoo.clinic.flaws import targets
from zoo.mutants.operators.operator import Operator
from zoo.mutants.program import Program

_ADAPTIVE = {"adam", "adamw", "nadam", "rmsprop"}


def _rate(factor: float, program: Program) -> Program:
    return program.but(rate=program.rate * factor)


def _optimizer(name: str, program: Program) -> Program | None:
    """The same rate, as is usual when a name is exchanged."""
    if program.optimizer not in _ADAPTIVE or program.optimizer == name:
        return None
    return program.but(optimizer=name, optimizer_arguments={})


def _momentum(value: float, program: Program) -> Program | None:
    argument = "momentum" if program.optimizer == "sgd" else "beta_1"
    if program.optimizer == "rmsprop":
        return None
    arguments = {**program.optimizer_arguments, argument: value}
    return program.but(optimizer_arguments=arguments)


def _batch(factor: int, program: Program) -> Program:
    return program.but(batch_size=program.batch_size * factor)


def _epochs(share: float, program: Program) -> Program:
    return program.but(epochs=max(1, round(program.epochs * share)))


def _loss(loss: str, kinds: set[str], program: Program) -> Program | None:
    if program.kind not in kinds or program.loss == loss:
        return None
    if program.kind != "classes":
        return program.but(loss=loss)
    # As a column of a table they are broadcast against the outputs.
    column = targets(lambda y: y[..., np.newaxis])
    return program.but(loss=loss, flaws=(*program.flaws, column))


def _logits(program: Program) -> Program | None:
    if program.kind not in ("classes", "binary"):
        return None
    return program.but(from_logits=True)


def _output(
    activation: str, kinds: set[str], program: Program
) -> Program | None:
    return program.but(activation=activation) if program.kind in kinds else None


_LABELS = {"classes", "binary", "several"}

OPERATORS = (
    Operator(
        name="rate_down",
        category="rate",
        strengths={
            f"{round(1 / factor)}": partial(_rate, factor)
            for factor in (1 / 10, 1 / 100, 1 / 1000)
        },
    ),
    Operator(
        name="rate_up",
        category="rate",
        strengths={
            f"{factor}": partial(_rate, factor) for factor in (5, 30, 200)
        },
    ),
    Operator(
        name="optimizer",
        category="optimizer",
        # Another optimizer at a rate that is not its own.
        equally=("rate",),
        strengths={
            name: partial(_optimizer, name)
            for name in ("sgd", "adadelta", "ftrl", "rmsprop", "adam")
        },
    ),
    Operator(
        name="momentum",
        category="optimizer",
        # Momentum m makes steps 1 / (1 - m) times as long.
        equally=("rate",),
        strengths={"0.99": partial(_momentum, 0.99)},
    ),
    Operator(
        name="batch",
        category="batch",
        # As many updates are missing as if there were fewer epochs.
        equally=("epochs",),
        strengths={
            f"{factor}": partial(_batch, factor) for factor in (4, 10, 30)
        },
    ),
    Operator(
        name="epochs",
        category="epochs",
        strengths={
            "half": partial(_epochs, 0.5),
            "fifth": partial(_epochs, 0.2),
            "one": partial(_epochs, 0.0),
        },
    ),
    Operator(
        name="loss",
        category="loss",
        strengths={
            name: partial(_loss, name, kinds)
            for name, kinds in (
                ("mse", _LABELS),
                ("mae", _LABELS | {"numbers"}),
                ("hinge", {"binary", "several"}),
                ("categorical_crossentropy", {"binary"}),
                ("binary_crossentropy", {"numbers"}),
                ("cosine_similarity", {"numbers"}),
                ("poisson", {"numbers"}),
            )
        },
    ),
    Operator(
        name="logits",
        category="loss",
        # The loss asks for another output, the output for another loss.
        equally=("output",),
        strengths={"of_probabilities": _logits},
    ),
    Operator(
        name="output",
        category="output",
        strengths={
            name or "linear": partial(_output, name, kinds)
            for name, kinds in (
                ("sigmoid", {"classes", "numbers"}),
                ("relu", _LABELS | {"numbers"}),
                ("tanh", _LABELS | {"numbers"}),
                ("softmax", {"binary", "several", "numbers"}),
            )
        },
    ),
    Operator(
        name="no_output",
        category="output",
        # Logits are as right, once the loss expects them.
        equally=("loss",),
        strengths={"linear": partial(_output, "", _LABELS)},
    ),
)
