"""What the metrics show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad import signs
from kgrad.records import Output
from tests.signs.cases.changes import (
    BUMP,
    FALLING,
    KEPT,
    LOSSES,
    LOST,
    REGRESSION,
    VAL_LOSS,
    Case,
    always,
    both,
    constant_loss,
    heart,
    no_loss,
    zigzag,
)
from tests.signs.runs import GUESSING, LEARNING, SETUP, run

TWO_OUTPUTS = replace(
    SETUP,
    loss="digit: sparse_categorical_crossentropy, even: binary_crossentropy",
    classes=2,
    outputs=(Output("digit", units=10), Output("even", units=1)),
)

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.Oscillation: [
        Case("a metric that rises", run(metric=LEARNING)),
        Case(
            "noise of a small validation set",
            run(metric=zigzag(0.12), samples=100),
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
    signs.SlowProgress: [
        Case("a metric that rises", run(metric=LEARNING)),
        Case("too early to say", run(steps=192)),
        Case(
            "one long epoch, whose mean holds its beginning", run(metric=[0.25])
        ),
        Case(
            "a model that learned in its last epoch",
            run(metric=[*GUESSING[:9], 1.0]),
        ),
        Case(
            "a loss that falls within the last epoch",
            run(name="loss", metric=[1.386] * 10),
        ),
        Case(
            "an accuracy that is more than the loss shows",
            run(
                constant_loss,
                metric=LEARNING,
                more={"val_accuracy": LEARNING, "loss": [1.386] * 10},
            ),
        ),
        Case(
            "a little more often right than by guessing, on validation, too",
            run(
                constant_loss,
                metric=[0.35] * 10,
                more={"val_accuracy": [0.27] * 10, "loss": [1.38] * 10},
            ),
        ),
        Case(
            "a model that is right at times, and far too sure of itself",
            run(
                metric=[0.4] * 10,
                more={"val_accuracy": GUESSING, "loss": [9.0] * 10},
            ),
        ),
        Case(
            "a model that learned late",
            run(metric=[*GUESSING[:7], 0.5, 0.8, 0.8]),
        ),
        Case("a converged run", run(metric=[0.9] * 10)),
        Case(
            "an output of ten classes beside one of two, as good as a coin",
            run(
                name="digit_accuracy",
                metric=np.linspace(0.1, 0.45, 10).tolist(),
                more={"loss": FALLING},
                setup=TWO_OUTPUTS,
            ),
        ),
        Case(
            "a loss with the weights' own in it, above that of guessing",
            run(
                lambda data: data["loss"].__iadd__(2.6),
                name="loss",
                metric=np.linspace(4, 2.9, 10).tolist(),
                setup=replace(SETUP, adds_losses=True),
            ),
        ),
        Case(
            "the sum of two losses, of which one alone would be guessing",
            run(name="loss", metric=FALLING[:7], setup=TWO_OUTPUTS),
        ),
        Case(
            "a converged regression whose chance is not known",
            run(name="loss", metric=LOSSES, setup=REGRESSION),
        ),
        Case(
            "a model that learns only the training data",
            run(metric=LEARNING, more={"val_accuracy": GUESSING}),
        ),
        Case(
            "a loss that is NaN is another sign",
            run(name="loss", metric=[1.4] * 9 + [np.nan]),
        ),
        Case(
            "an accuracy whose loss is NaN is another sign, too",
            run(more={"loss": [np.nan] * 10}),
        ),
        Case(
            "a hard task whose loss stands still while weights move",
            run(constant_loss, metric=[0.45] * 10),
        ),
        Case(
            "a lucky start that nothing moves from",
            run(both(constant_loss, always(1e-6)), metric=[0.45] * 10),
            "global",
            1,
            "learning_rate=1.0",
        ),
        Case(
            "a long first epoch whose loss is far above guessing",
            run(lambda data: data["loss"].fill(9.0), metric=[]),
        ),
        Case(
            "a long first epoch, and nobody knows what guessing gives",
            run(constant_loss, metric=[], setup=REGRESSION),
        ),
        Case(
            "an epoch that was better than its loss",
            run(constant_loss, metric=[0.5]),
        ),
        Case(
            "a long first epoch whose loss stays at that of guessing",
            run(constant_loss, metric=[]),
            "global",
            1,
            "LSTM(16)",
        ),
        Case("an accuracy of one in four", run(), "global", 1, "LSTM(16)"),
        Case(
            "an accuracy that wanders while the loss stays",
            run(
                constant_loss,
                metric=[0.25, *[0.4] * 9],
                more={"val_accuracy": GUESSING, "loss": [1.386] * 10},
            ),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "eight epochs of 32 steps",
            run(constant_loss, metric=GUESSING[:8], steps=256),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "a loss at the entropy of guessing",
            run(constant_loss, name="loss", metric=[1.386] * 10),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "a regression at the chance that the user gave",
            run(
                name="loss",
                metric=LOSSES,
                setup=replace(REGRESSION, chance={"loss": 1 / 6}),
            ),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "a loss that stays where it began",
            run(
                constant_loss,
                name="loss",
                metric=[1.385] * 10,
                setup=REGRESSION,
            ),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "a metric that only validation has",
            run(name="val_accuracy"),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "updates too large",
            run(always(0.05)),
            "global",
            1,
            "global_clipnorm=1",
        ),
        Case(
            "updates too small",
            run(always(1e-6)),
            "global",
            1,
            "learning_rate=1",
        ),
    ],
}
