"""What the metrics show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad import signs
from tests.signs.cases.changes import (
    BUMP,
    FALLING,
    KEPT,
    LOST,
    REGRESSION,
    VAL_LOSS,
    Case,
    heart,
    no_loss,
    zigzag,
)
from tests.signs.runs import GUESSING, LEARNING, SETUP, run

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.Oscillation: [
        Case("a metric that rises", run(metric=LEARNING)),
        Case(
            "noise of a small validation set",
            run(metric=zigzag(0.12), samples=100),
        ),
        Case(
            "a fall below guessing, of a model that never knew more",
            run(metric=(0.26, *[0.05] * 9), samples=10**6),
        ),
        Case(
            "jitter below what matters", run(metric=zigzag(0.03), samples=10**6)
        ),
        Case(
            "one dip", run(metric=[0.3, 0.5, 0.7, 0.4, 0.8, 0.82, 0.85, 0.86])
        ),
        Case("a model that guesses", run(metric=GUESSING)),
        Case(
            "swings that end where the task is solved",
            run(metric=[0.3, 0.9, 0.4, 0.9, 0.5, 0.95, 0.5, 0.9, 0.97, 0.98]),
        ),
        Case(
            "a model that learns little, and is back at guessing",
            run(metric=[0.25, 0.26, 0.25, 0.3, 0.36, 0.45, 0.5, 0.26, 0.25]),
            "global",
            498,
            "learning_rate=0.01",
        ),
        Case(
            "a model that learns little, and keeps most of it",
            run(metric=[0.25, 0.26, 0.25, 0.3, 0.36, 0.45, 0.5, 0.38, 0.37]),
        ),
        Case(
            "validation that falls alone, in a model that memorizes",
            run(
                name="val_accuracy",
                metric=[0.3, 0.4, 0.5, 0.55, 0.5, 0.48, 0.46, 0.44, 0.42, 0.4],
                more={"accuracy": LEARNING},
            ),
        ),
        Case(
            "an accuracy of weights that are NaN",
            run(
                metric=[0.38, *GUESSING[1:]],
                more={"loss": [1.2, *[np.nan] * 9]},
            ),
        ),
        Case(
            "more than half of what was learned, on training data",
            run(
                name="val_accuracy",
                metric=[0.3, 0.4, 0.5, 0.55, 0.5, 0.48, 0.46, 0.44, 0.42, 0.4],
                more={
                    "accuracy": (*LEARNING[:4], 0.55, 0.5, 0.4, 0.35, 0.3, 0.3)
                },
            ),
            "global",
            257,
            "learning_rate=0.01",
        ),
        Case(
            "a loss whose chance is not known",
            run(no_loss, name="loss", metric=zigzag(0.9), setup=REGRESSION),
        ),
        Case(
            "swings that take four epochs each",
            run(
                metric=[*(0.3, 0.35, 0.4, 0.45, 0.5, 0.45, 0.4, 0.35) * 2, 0.3]
            ),
            "global",
            189,
            "learning_rate=0.01",
        ),
        Case(
            "swings beyond the noise",
            run(metric=zigzag(0.3)),
            "global",
            129,
            "learning_rate=0.01",
        ),
        Case(
            "a model that loses what it had learned",
            run(metric=[0.4, 0.7, 0.9, 0.95, 0.3, 0.25, 0.25, 0.25]),
            "global",
            321,
            "learning_rate=0.01",
        ),
    ],
    signs.Overfitting: [
        Case(
            "no validation data", run(metric=LEARNING, more={"loss": FALLING})
        ),
        Case("a loss that falls on both", heart(val_loss=FALLING)),
        Case(
            "a loss that rises at the same accuracy: only more sure of itself",
            heart(val_accuracy=[x - 0.02 for x in LEARNING]),
        ),
        Case(
            "a gap that thirty samples may make",
            heart(val_accuracy=[x - 0.2 for x in LEARNING], samples=30),
        ),
        Case("both losses rise: it diverges", heart(loss=VAL_LOSS)),
        Case(
            "a model that has not learned its training data either",
            heart(accuracy=[0.45] * 10, val_accuracy=GUESSING),
        ),
        Case("a loss that is higher for one epoch", heart(val_loss=BUMP)),
        Case(
            "ever more sure, but no worse: a note",
            heart(val_accuracy=KEPT),
            "global",
            193,
            "EarlyStopping",
        ),
        Case(
            "less right than it was, and still not bad",
            heart(val_accuracy=LOST),
            "global",
            193,
            "EarlyStopping",
        ),
        Case(
            "an error whose chance is 1, memorized",
            run(
                name="mse",
                metric=[1 - x for x in LEARNING],
                more={
                    "loss": FALLING,
                    "val_loss": VAL_LOSS,
                    "val_mse": [1.0] * 10,
                },
                setup=replace(SETUP, classes=0, chance={"mse": 1.0}),
            ),
            "global",
            193,
            "EarlyStopping",
        ),
        Case(
            "a loss that rises while the other falls",
            heart(),
            "global",
            193,
            "EarlyStopping",
        ),
    ],
}
