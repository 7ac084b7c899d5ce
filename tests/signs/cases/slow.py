"""Metrics that do not leave the level of guessing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad import signs
from kgrad.records import Output, Plan
from tests.signs.cases.changes import (
    FALLING,
    LOSSES,
    REGRESSION,
    Case,
    always,
    both,
    constant_loss,
)
from tests.signs.runs import GUESSING, LEARNING, SETUP, STEPS, run

TWO_OUTPUTS = replace(
    SETUP,
    loss="digit: sparse_categorical_crossentropy, even: binary_crossentropy",
    classes=2,
    outputs=(Output("digit", units=10), Output("even", units=1)),
)
SHORT = Plan(batch_size=32, epochs=10, updates=96, samples=300)
OF_VARIANCE = replace(SETUP, classes=0, loss="mse", chance={"mse": 1.0})

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.SlowProgress: [
        Case("a metric that rises", run(metric=LEARNING)),
        Case("too early to say", run(steps=192)),
        Case(
            "a short training that goes on",
            run(steps=96, setup=replace(SETUP, plan=replace(SHORT, epochs=30))),
        ),
        Case(
            "a first look of two epochs",
            run(
                steps=96,
                metric=GUESSING[:2],
                setup=replace(SETUP, plan=replace(SHORT, epochs=2)),
            ),
        ),
        Case(
            "a few steps, and over",
            run(
                steps=30, setup=replace(SETUP, plan=replace(SHORT, updates=30))
            ),
        ),
        Case(
            "an error that is 0.87 of the spread: a part is explained",
            run(name="mse", metric=[1.0, *[0.76] * 9], setup=OF_VARIANCE),
        ),
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
            "rare classes, of which none is sure and many are likelier",
            run(more={"loss": np.linspace(1.2, 0.9, 10).tolist()}),
        ),
        Case(
            "the same, which only the loss of validation says for certain",
            run(
                lambda data: data.update(loss=np.linspace(1.4, 1.26, STEPS)),
                more={
                    "loss": np.linspace(1.38, 1.26, 10).tolist(),
                    "val_loss": np.linspace(1.3, 1.1, 10).tolist(),
                },
            ),
        ),
        Case(
            "a long first epoch that has fallen a little, for certain",
            run(lambda data: data["loss"].fill(1.33), metric=[]),
        ),
        Case(
            "a long first epoch of a rate that warms up",
            run(
                constant_loss,
                metric=[],
                setup=replace(SETUP, has_schedule=True),
            ),
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
            "the same of a short training that is over",
            run(steps=96, setup=replace(SETUP, plan=SHORT)),
            "global",
            1,
            "LSTM(16)",
        ),
        Case(
            "an error that is 0.92 of the spread",
            run(name="mse", metric=[1.0, *[0.85] * 9], setup=OF_VARIANCE),
            "global",
            1,
            "LSTM(16)",
        ),
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
