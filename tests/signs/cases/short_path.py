"""Trainings whose weights could not go far, and others that fall as evenly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kgrad import signs
from kgrad.records import Plan, Snapshot
from tests.signs.cases.changes import Case, always
from tests.signs.runs import GUESSING, SETUP, SOLVING, Data, run

PLAN = Plan(batch_size=32, epochs=10, updates=640, samples=2048)
FEW = Plan(batch_size=960, epochs=8, updates=16, samples=1920)
FALLS = tuple(np.linspace(1.4, 1.2, 10).tolist())
BEGUN = tuple(0.26 + 0.02 * i for i in range(10))
HALF = (0.3, 0.4, 0.5, 0.6, *[0.7] * 6)
RESTS = (1.4, 1.3, 1.25, *[1.2, 1.21] * 3, 1.2)


def trained(
    change: Callable[[Data], object] | None = None,
    *,
    loss: tuple[float, ...] = FALLS,
    val_loss: tuple[float, ...] = FALLS,
    metric: tuple[float, ...] = BEGUN,
    plan: Plan = PLAN,
) -> list[Snapshot]:
    """A training as it was planned, of updates of a ten-thousandth."""
    return run(
        change or always(1e-4),
        metric=metric,
        more={"loss": loss[: len(metric)], "val_loss": val_loss[: len(metric)]},
        setup=replace(SETUP, plan=plan),
    )


def squared(end: float) -> list[Snapshot]:
    """A squared error that falls evenly from the variance, which is 1."""
    setup = replace(SETUP, classes=0, loss="mse", plan=PLAN)
    losses = np.linspace(1.0, end, 10).tolist()
    return run(
        always(8e-4),
        name="loss",
        metric=losses,
        more={"val_loss": losses},
        setup=replace(setup, chance={"loss": 1.0}),
    )


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.ShortPath: [
        Case("usual updates", trained(always(2e-3))),
        Case(
            "a path of half the weights, of a model that learned as much",
            trained(always(8e-4), metric=HALF),
        ),
        Case("a task that is solved", trained(metric=SOLVING)),
        Case(
            "a path so short that there is no doubt, half of the way",
            trained(metric=HALF),
            "global",
            1,
            "learning_rate=1",
            "short_path",
        ),
        Case("a loss that is at rest", trained(loss=RESTS)),
        Case(
            "a loss that comes down to guessing, of labels at random",
            trained(metric=GUESSING),
        ),
        Case("a loss that is at rest in validation", trained(val_loss=RESTS)),
        Case("a training that goes on", trained(plan=replace(PLAN, epochs=20))),
        Case("a loop by hand, whose end is not known", trained(plan=Plan())),
        Case(
            "a first look of four epochs",
            trained(metric=BEGUN[:4], plan=replace(PLAN, epochs=4)),
        ),
        Case("weights that do not move at all", trained(always(0))),
        Case("updates of which each is too small", trained(always(5e-6))),
        Case("an error of less than half of the spread", squared(0.2)),
        Case(
            "an error of two thirds of the spread",
            squared(0.45),
            "global",
            1,
            "learning_rate=0.3",
            "short_path",
        ),
        Case(
            "few updates, as long as usual",
            run(
                always(1e-2),
                steps=16,
                metric=BEGUN[:8],
                more={"loss": FALLS[:8], "val_loss": FALLS[:8]},
                setup=replace(SETUP, plan=FEW),
            ),
            "global",
            1,
            "batch_size=32, epochs=8",
            "short_path",
        ),
        Case(
            "a loss that falls with each epoch, and hardly any way",
            trained(),
            "global",
            1,
            "learning_rate=1",
            "short_path",
        ),
    ],
}
