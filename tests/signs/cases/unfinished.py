"""Runs whose loss is still falling at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kgrad import signs
from kgrad.records import Plan, Sample
from kgrad.records.summaries import summarize_batch
from tests.signs.cases.changes import Case, always, both
from tests.signs.runs import GUESSING, LEARNING, SETUP, SOLVING, Data, run

PLAN = Plan(batch_size=32, epochs=10, updates=640, samples=2048)
PLANNED = replace(SETUP, plan=PLAN)
TWELVE = replace(SETUP, plan=replace(PLAN, epochs=12))
SQUARED = replace(PLANNED, classes=0, loss="mse", chance={"loss": 1.0})
ALIKE = summarize_batch(np.zeros((32, 3)), np.full(32, 3.0))
HALFWAY = (*LEARNING[:6], 0.71, 0.72, 0.73, 0.74)


def curve(
    loss: Callable[[np.ndarray], np.ndarray], noise: float = 0.02
) -> Callable[[Data], None]:
    """A loss as a function of the part of the run that is over, and noise."""

    def change(data: Data) -> None:
        steps = len(data["loss"])
        random = np.random.default_rng(1).standard_normal(steps)
        data["loss"][:] = loss(np.linspace(0, 1, steps)) + noise * random

    return change


falls = curve(lambda t: 1.386 - 0.3 * t)
ruined = curve(lambda t: np.where(t < 0.2, 1.386 - t, np.nan))
half = curve(lambda t: 1.386 - 0.7 * t)

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.UnfinishedTraining: [
        Case(
            "a loss that falls in the midst of training",
            run(falls, setup=replace(SETUP, plan=replace(PLAN, epochs=20))),
        ),
        Case(
            "the second of two trainings, which has hardly begun",
            run(
                falls,
                metric=GUESSING[:5],
                setup=replace(SETUP, plan=replace(PLAN, updates=320)),
            ),
        ),
        Case("a loop by hand, whose end is not known", run(falls)),
        Case(
            "a loss that falls where the task is solved",
            run(half, metric=SOLVING, setup=PLANNED),
        ),
        Case(
            "a demo of three epochs that has learned most",
            run(
                curve(lambda t: 0.2 + 1.2 * np.exp(-4 * t)),
                metric=[0.5, 0.75, 0.85],
                setup=replace(SETUP, plan=replace(PLAN, epochs=3)),
            ),
        ),
        Case(
            "a loss that fell until it became NaN",
            run(ruined, more={"loss": [1.3, *[np.nan] * 9]}, setup=PLANNED),
        ),
        Case("noise", run(curve(lambda t: 1.3 - 0 * t, 0.2), setup=PLANNED)),
        Case(
            "a fall in the first third",
            run(curve(lambda t: 1 + 0.4 * np.exp(-20 * t)), setup=PLANNED),
        ),
        Case(
            "a fall that is nearly over",
            run(curve(lambda t: 1 + 0.2 * np.exp(-4 * t), 1e-3), setup=PLANNED),
        ),
        Case(
            "a quick start, and an even fall that leads nowhere near",
            run(
                curve(lambda t: 1.1 + 0.3 * np.exp(-20 * t) - 0.1 * t, 0.01),
                more={"loss": [1.3, *np.linspace(1.09, 1.0, 9)]},
                setup=PLANNED,
            ),
        ),
        Case(
            "a fall that has slowed down to a third of what it was",
            run(
                curve(lambda t: 1 + 0.35 * np.exp(-2.2 * t), 1e-3),
                setup=PLANNED,
            ),
        ),
        Case(
            "a fall for certain, and too little for anybody to see",
            run(
                curve(lambda t: 1.386 - 1e-3 * t, 0.02),
                more={"loss": np.linspace(1.386, 1.385, 10).tolist()},
                setup=PLANNED,
            ),
        ),
        Case(
            "a loss that falls on training data alone",
            run(
                falls,
                setup=PLANNED,
                more={"val_loss": [1.3, 1.2, *np.linspace(1.2, 1.6, 8)]},
            ),
        ),
        Case(
            "a loss below zero",
            run(curve(lambda t: 0.3 - t), setup=PLANNED),
        ),
        Case(
            "targets that are all the same, of which any error is left",
            run(
                falls,
                name="loss",
                metric=np.linspace(1.386, 1.086, 10).tolist(),
                setup=replace(SQUARED, chance={}),
                samples_of=lambda step: Sample(step, data=ALIKE),
            ),
            "global",
            1,
            "epochs=",
        ),
        Case(
            "a loss that falls steadily, and nothing learned",
            run(falls, setup=PLANNED),
            "global",
            1,
            "epochs=100",
        ),
        Case(
            "epochs that show it, in batches that do not",
            run(
                curve(lambda t: 1.386 - 0.1 * t, 0.5),
                metric=[0.25] * 12,
                more={"loss": np.linspace(1.38, 1.28, 12).tolist()},
                setup=TWELVE,
            ),
            "global",
            1,
            "epochs=120",
        ),
        Case(
            "so slow that more of the same does not help",
            run(curve(lambda t: 1.386 - 0.05 * t, 1e-3), setup=PLANNED),
            "global",
            1,
            "learning_rate=0.3",
        ),
        Case(
            "a rate of a hundredth: the usual one at once, not three times it",
            run(
                both(falls, always(2e-5)),
                setup=replace(
                    PLANNED, optimizer_arguments={"learning_rate": 1e-4}
                ),
            ),
            "global",
            1,
            "learning_rate=0.01",
        ),
        Case(
            "half of the variance: three quarters of the error are left",
            run(
                curve(lambda t: 0.9 - 0.4 * t),
                name="loss",
                metric=np.linspace(0.9, 0.5, 10).tolist(),
                setup=SQUARED,
            ),
            "global",
            1,
            "epochs=100",
        ),
        Case(
            "a quick start, and an even fall that soon is half of the way",
            run(
                curve(lambda t: 0.8 + 0.6 * np.exp(-20 * t) - 0.08 * t, 0.1),
                more={"loss": [1.1, *np.linspace(0.8, 0.72, 9)]},
                setup=PLANNED,
            ),
            "global",
            1,
            "epochs=100",
        ),
        Case(
            "a model that is right by now, and hardly sure of anything",
            run(
                curve(lambda t: 1.386 - 0.1 * t**2, 0.01),
                metric=[0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.82, 0.83, 0.85],
                setup=PLANNED,
            ),
            "global",
            1,
            "epochs=100",
        ),
        Case(
            "a model that has learned: a note",
            run(half, metric=HALFWAY, setup=PLANNED),
            "global",
            1,
            "epochs=20",
        ),
    ],
}
