"""Mutations of the data.

Labels, amount, balance and noise are mutated in the training data alone, as
the literature does; scale and order of time steps in all data, as a program
does that prepares both alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from zoo.clinic import data as clinic
from zoo.clinic.case import Array, Samples
from zoo.clinic.flaws import first, times
from zoo.clinic.programs import Flaw
from zoo.mutants.operators.operator import Operator
from zoo.mutants.program import Program


def _flawed(flaw: Flaw, program: Program) -> Program:
    return program.but(flaws=(*program.flaws, flaw))


def _training(
    change: Callable[[Array, Array], tuple[Array, Array]], program: Program
) -> Program:
    def flaw(samples: Samples) -> Samples:
        x, y = change(samples.x, samples.y)
        return replace(samples, x=x, y=y)

    return _flawed(flaw, program)


def _mislabeled(share: float, program: Program) -> Program:
    def change(x: Array, y: Array) -> tuple[Array, Array]:
        rng = np.random.default_rng(1)
        wrong = np.flatnonzero(rng.random(len(y)) < share)
        y = y.copy()
        y[wrong] = y[rng.permutation(wrong)]
        return x, y

    return _training(change, program)


def _shifted(program: Program) -> Program:
    return _training(lambda x, y: (x, np.roll(y, 1, axis=0)), program)


def _merged(share: float, program: Program) -> Program | None:
    """A share of one class has the label of the next."""
    if program.kind not in ("classes", "binary"):
        return None

    def change(x: Array, y: Array) -> tuple[Array, Array]:
        wrong = np.random.default_rng(1).random(y.shape) < share
        return x, np.where((y == 0) & wrong, 1, y).astype(y.dtype)

    return _training(change, program)


def _inputs(factor: float, offset: float, program: Program) -> Program | None:
    # A mask would no longer find the zeros that it is there for.
    if "words" in program.tags or (offset and "masked" in program.tags):
        return None
    change = times(factor, offset)
    return _flawed(lambda s: clinic.changed(s, x=change), program)


def _targets(factor: float, offset: float, program: Program) -> Program | None:
    if program.kind != "numbers":
        return None
    change = times(factor, offset)
    return _flawed(lambda s: clinic.changed(s, y=change), program)


def _fewer(share: float, program: Program) -> Program:
    """Fewer samples, in so many more epochs that updates are as many."""
    longer = 4

    def flaw(samples: Samples) -> Samples:
        return first(round(share * len(samples.x)))(samples)

    return _flawed(flaw, program).but(
        epochs=longer * program.epochs,
        batch_size=round(program.batch_size * share * longer),
    )


def _rare(share: float, program: Program) -> Program | None:
    """Most samples of all classes but the first are missing."""
    if program.kind not in ("classes", "binary") or _is_tagged(program):
        return None

    def change(x: Array, y: Array) -> tuple[Array, Array]:
        kept = np.random.default_rng(1).random(len(y)) < share
        kept |= y == 0
        return x[kept], y[kept]

    return _training(change, program)


def _is_tagged(program: Program) -> bool:
    """Whether samples have a label at every step, none of their own."""
    return "every_step" in program.tags


def _noisy(scale: float, program: Program) -> Program | None:
    """Noise of that many standard deviations; of words, that share of them."""
    if "masked" in program.tags:
        return None

    def change(x: Array, y: Array) -> tuple[Array, Array]:
        rng = np.random.default_rng(2)
        if np.issubdtype(x.dtype, np.integer):
            other = rng.permuted(x, axis=0)
            share = scale / (1 + scale)  # A half for as much noise as signal.
            return np.where(rng.random(x.shape) < share, other, x), y
        noise = rng.normal(0, scale * x.std(), x.shape)
        return (x + noise).astype(x.dtype), y

    return _training(change, program)


def _time_shuffled(program: Program) -> Program | None:
    """The steps of each sample in an order of its own."""
    if not _can_be_reordered(program):
        return None

    def change(x: Array) -> Array:
        rng = np.random.default_rng(3)
        order = np.tile(np.arange(x.shape[1]), (len(x), 1))
        order = rng.permuted(order, axis=1)
        shuffled: Array = x[np.arange(len(x))[:, np.newaxis], order]
        return shuffled

    return _flawed(lambda s: clinic.changed(s, x=change), program)


def _time_reversed(program: Program) -> Program | None:
    if not _can_be_reordered(program):
        return None
    return _flawed(
        lambda s: clinic.changed(s, x=lambda x: x[:, ::-1].copy()), program
    )


def _can_be_reordered(program: Program) -> bool:
    """Whether padding stays behind, and no step has a target of its own."""
    return "time" in program.tags and not program.tags & {
        "every_step",
        "masked",
    }


def _sorted(program: Program) -> Program | None:
    """In the order of their labels, as from folders, and not shuffled."""
    if _is_tagged(program):
        return None

    def change(x: Array, y: Array) -> tuple[Array, Array]:
        order = np.argsort(y.reshape(len(y), -1)[:, 0], kind="stable")
        return x[order], y[order]

    return _training(change, program).but(shuffle=False)


OPERATORS = (
    Operator(
        name="mislabeled",
        category="labels",
        strengths={
            f"{share}": partial(_mislabeled, share) for share in (0.2, 0.5, 1.0)
        },
    ),
    Operator(
        name="shifted", category="labels", strengths={"one_sample": _shifted}
    ),
    Operator(
        name="merged",
        category="labels",
        # Labels so changed are those of data in which a class is rare.
        equally=("data",),
        strengths={f"{share}": partial(_merged, share) for share in (0.3, 0.9)},
    ),
    Operator(
        name="inputs",
        category="scale",
        strengths={
            name: partial(_inputs, *change)
            for name, change in {
                "times_100": (100.0, 0.0),
                "hundredth": (0.01, 0.0),
                "plus_30": (1.0, 30.0),
            }.items()
        },
    ),
    Operator(
        name="targets",
        category="scale",
        strengths={
            name: partial(_targets, *change)
            for name, change in {
                "times_100": (100.0, 0.0),
                "plus_50": (1.0, 50.0),
                "hundredth": (0.01, 0.0),
            }.items()
        },
    ),
    Operator(
        name="fewer",
        category="data",
        # What a small sample teaches by heart, a penalty may prevent.
        equally=("regularization",),
        strengths={f"{s}": partial(_fewer, s) for s in (0.25, 0.05)},
    ),
    Operator(
        name="rare",
        category="data",
        strengths={f"{s}": partial(_rare, s) for s in (0.2, 0.02)},
    ),
    Operator(
        name="noisy",
        category="data",
        strengths={f"{s}": partial(_noisy, s) for s in (0.5, 3.0)},
    ),
    Operator(
        name="time", category="order", strengths={"shuffled": _time_shuffled}
    ),
    Operator(
        name="time_reversed",
        category="order",
        strengths={"all": _time_reversed},
    ),
    Operator(name="sorted", category="order", strengths={"by_label": _sorted}),
)
