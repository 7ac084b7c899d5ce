"""Outputs, targets and plans that do not fit, and what comes of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from kgrad import signs
from tests.signs.cases.changes import Case
from tests.signs.cases.fed import classifier, fed
from tests.signs.cases.first_epoch import VALIDATION
from tests.signs.checks.made import (
    BINARY,
    FEW,
    NUMBERS,
    ONE_HOT,
    RESIZED,
    dense,
    judged,
    untrained,
)
from tests.signs.runs import GUESSING, LEARNING, SOLVING, run

USUAL = classifier()
FAR: dict[str, Any] = {
    "y": NUMBERS * 300 + 1000,
    "layers": (dense(), dense()),
    "plan": FEW,
}
NEAR, AWAY = judged(**FAR, value=300.0), judged(**FAR, value=1.1e6)
OUT_OF_SCALE = judged(y=NUMBERS * 8e4 + 3e5)
FALLING = [1e10, 1e9, 1e8, 1e7]
SAME = judged(y=NUMBERS, said=np.full((32, 1), 0.02))
OTHER = judged(y=NUMBERS)
BELOW = [0.05] * 10
ONE_UNIT = classifier(
    BINARY, units=1, activation="sigmoid", loss="categorical_crossentropy"
)
BY_HAND = classifier(
    said=untrained("softmax", 5), activation="", from_logits=True
)

IMAGES: dict[str, Any] = {
    "y": RESIZED.reshape(len(RESIZED), -1)[:, :5],
    "units": 5,
    "activation": "sigmoid",
    "loss": "binary_crossentropy",
}
ABOVE, BELOW_ZERO = judged(**IMAGES, value=0.5), judged(**IMAGES, value=-3.0)

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.Targets: [
        Case("targets in scale", fed(judged(y=NUMBERS))),
        Case(
            "targets out of scale of a model that learns",
            fed(OUT_OF_SCALE, name="loss", metric=FALLING),
        ),
        Case(
            "later targets out of scale", fed(judged(y=NUMBERS), OUT_OF_SCALE)
        ),
        Case("targets within reach", fed(NEAR)),
        Case(
            "a loss that two samples show out of reach",
            fed(NEAR, AWAY, NEAR, AWAY, starts=(1, 51, 151, 551)),
        ),
        Case(
            "a loss that comes within reach in the end",
            fed(AWAY, NEAR, starts=(1, 601)),
        ),
        Case(
            "targets out of scale",
            fed(OUT_OF_SCALE),
            "y",
            1,
            "y = (y - ",
            "target_scale",
        ),
        Case(
            "small targets, of which the loss is above guessing in the end",
            fed(judged(y=NUMBERS / 100, value=2e-4)),
            "y",
            1,
            "y = (y - ",
            "small_targets",
        ),
        Case(
            "a loss that stays out of reach",
            fed(NEAR, AWAY, starts=(1, 301)),
            "y",
            301,
            "y = (y - ",
            "target_scale_not_reached",
        ),
    ],
    signs.OutputAndLoss: [
        Case("a softmax over five classes", fed(USUAL)),
        Case(
            "logits taken of a softmax, of a model that solves it",
            fed(classifier(from_logits=True), metric=SOLVING),
        ),
        Case(
            "a squared error of classes, which is known to work",
            fed(classifier(ONE_HOT, loss="mean_squared_error")),
        ),
        Case(
            "an accuracy of a regression, which is of no use",
            fed(judged(y=NUMBERS, metrics=("accuracy",)), metric=[0.0] * 10),
        ),
        Case(
            "a loss below zero in later batches only",
            fed(judged(y=NUMBERS), judged(y=NUMBERS, value=-0.3)),
        ),
        Case(
            "a cross-entropy below 0 in two samples, and in two more",
            fed(ABOVE, BELOW_ZERO, ABOVE, BELOW_ZERO, starts=(1, 51, 151, 551)),
        ),
        Case(
            "a cross-entropy that falls below 0",
            fed(ABOVE, BELOW_ZERO),
            "loss",
            51,
            "np.clip(y, 0, 1)",
            "loss_below_zero",
        ),
        Case(
            "a softmax over one unit",
            fed(judged(y=NUMBERS, activation="softmax")),
            "out",
            1,
            "",
            "softmax_over_one_unit",
        ),
        Case(
            "a loss of 0 where one unit is to choose, which looks solved",
            fed(ONE_UNIT, name="loss", metric=[0.0] * 10),
            "out",
            1,
            "sigmoid",
            "one_unit_for_classes",
        ),
        Case(
            "a softmax by hand that is taken for logits and learns",
            fed(BY_HAND, metric=SOLVING),
            "out",
            1,
            "from_logits=False",
            "probabilities_as_logits",
        ),
        Case(
            "logits taken of a softmax",
            fed(classifier(from_logits=True)),
            "out",
            1,
            "keras.layers.Dense(5)  # for out",
            "logits_twice",
        ),
    ],
    signs.Behavior: [
        Case("answers that differ", fed(OTHER)),
        Case("one answer of a new model", fed(SAME, OTHER)),
        Case(
            "one answer in two samples, and in two more",
            fed(OTHER, SAME, OTHER, SAME, starts=(1, 51, 151, 551)),
        ),
        Case(
            "one answer that comes to differ in the end",
            fed(OTHER, SAME, OTHER, starts=(1, 51, 601)),
        ),
        Case(
            "one answer of a model that learns",
            fed(OTHER, SAME, name="loss", metric=[0.9, 0.5, 0.2, 0.1]),
        ),
        Case(
            "one answer from the start, to which one sample of training is "
            "enough",
            fed(SAME, steps=80),
            "out",
            51,
            "layer",
            "same_answer",
        ),
        Case(
            "one answer in the last three samples",
            fed(OTHER, SAME, starts=(1, 501)),
            "out",
            501,
            "layer",
            "same_answer",
        ),
    ],
    signs.ValidationMismatch: [
        *VALIDATION,
        Case("no validation", run(metric=LEARNING)),
        Case(
            "validation that guesses",
            run(metric=LEARNING, more={"val_accuracy": GUESSING}),
        ),
        Case(
            "validation below guessing by what thirty samples may make",
            run(
                metric=LEARNING, more={"val_accuracy": [0.15] * 10}, samples=30
            ),
        ),
        Case(
            "validation that was as good as guessing at first",
            run(metric=LEARNING, more={"val_accuracy": [0.25, *BELOW[1:]]}),
        ),
        Case(
            "validation below guessing after one epoch",
            run(metric=LEARNING[-1:], more={"val_accuracy": BELOW}),
        ),
        Case(
            "validation below guessing of a model that learns nothing",
            run(more={"val_accuracy": BELOW}),
        ),
        Case(
            "a loss above that of guessing",
            run(
                name="loss",
                metric=[1 - x for x in LEARNING],
                more={"val_loss": [9.0] * 10},
            ),
        ),
        Case(
            "validation below guessing all along, looked at now and then",
            run(
                metric=LEARNING,
                more={"val_accuracy": [0.05, np.nan, 0.1] + [np.nan] * 7},
            ),
            "global",
            1,
            "permutation",
        ),
        Case(
            "validation below guessing all along",
            run(metric=LEARNING, more={"val_accuracy": BELOW}),
            "global",
            1,
            "permutation",
        ),
    ],
}
