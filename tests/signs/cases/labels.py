"""What is wrong with labels, and what is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from kgrad import signs
from kgrad.records import Plan
from tests.signs.cases.changes import Case
from tests.signs.cases.fed import (
    bad_input,
    bad_label,
    classifier,
    fed,
    skipped,
    skips,
)
from tests.signs.checks.made import (
    BINARY_LOSS,
    LABELS,
    RARE,
    N,
)
from tests.signs.runs import LEARNING, SOLVING

USUAL = classifier()
FROM_ONE = classifier(LABELS + 1)
ALIKE = classifier(np.zeros(N, int))
ODD: dict[str, Any] = {
    "y": RARE,
    "units": 1,
    "activation": "sigmoid",
    "loss": BINARY_LOSS,
}
RARELY = classifier(**ODD, said=RARE[:, None] * 0.9)
NEVER = classifier(**ODD, said=np.full((N, 1), 0.05))
WEIGHTED = classifier(
    **ODD, said=np.full((N, 1), 0.05), weight=np.ones(N, np.float32)
)
FREQUENT = classifier(
    **(ODD | {"y": np.zeros(N, int)}), said=np.full((N, 1), 0.05)
)
IN_ORDER = classifier(
    plan=Plan(
        batch_size=32,
        samples=N,
        shuffle=False,
        label_counts=(80,) * 5,
        label_runs=5,
    )
)
UNTAUGHT = classifier(
    plan=Plan(label_counts=(200, 190), held_out_counts=(40, 35, 45, 40))
)

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.Labels: [
        Case("labels from 0", fed(USUAL)),
        Case(
            "labels between two of a model that solves it",
            fed(classifier(LABELS / 255), metric=SOLVING),
        ),
        Case("one class in later batches", fed(USUAL, ALIKE)),
        Case(
            "rare labels, of which the model knows some",
            fed(RARELY, metric=[0.95] * 5),
        ),
        Case(
            "rare labels of which most are known, or it were not so right",
            fed(RARELY, NEVER, metric=SOLVING),
        ),
        Case(
            "rare labels that two samples in a row say nothing of",
            fed(
                RARELY,
                NEVER,
                RARELY,
                NEVER,
                starts=(1, 51, 151, 551),
                metric=[0.95] * 5,
            ),
        ),
        Case(
            "rare labels, and a batch without any between two that tell",
            fed(
                RARELY,
                NEVER,
                FREQUENT,
                NEVER,
                RARELY,
                starts=(1, 51, 151, 201, 251),
                metric=[0.95] * 5,
            ),
        ),
        Case(
            "samples sorted by their label, of a model that solves its task",
            fed(IN_ORDER, metric=SOLVING, more={"val_accuracy": SOLVING}),
        ),
        Case(
            "classes that validation asks for, and answers are right",
            fed(UNTAUGHT, metric=SOLVING, more={"val_accuracy": SOLVING}),
        ),
        Case(
            "rare labels that are known in the end",
            fed(RARELY, NEVER, RARELY, starts=(1, 51, 601), metric=[0.95] * 5),
        ),
        Case(
            "labels beyond, in a step that `Skip` left out",
            fed(
                USUAL,
                FROM_ONE,
                USUAL,
                starts=(1, 301, 351),
                change=skipped(301, 302),
                origins=[bad_label(301, 1, 5)],
                actions=skips(301, 302),
            ),
        ),
        Case("NaN among the inputs", fed(USUAL, origins=[bad_input(300)])),
        Case(
            "labels from 1, of a model that learns",
            fed(FROM_ONE, metric=LEARNING),
            "y",
            1,
            "y = y - 1",
            "label_range",
        ),
        Case(
            "labels from 1, from some step on",
            fed(USUAL, origins=[bad_label(300, 1, 5)], metric=LEARNING),
            "y",
            300,
            "y = y - 1",
            "label_range",
        ),
        Case(
            "more labels than outputs, from some step on",
            fed(USUAL, origins=[bad_label(300, 0, 7)]),
            "y",
            300,
            "Dense(8",
            "label_range",
        ),
        Case(
            "one label of one batch that is far off",
            fed(USUAL, origins=[bad_label(300, 0, 7, count=1)]),
            "y",
            300,
            "keep = ((0 <= y) & (y < 5))",
            "label_range",
        ),
        Case(
            "a label for what is to be left out, from some step on",
            fed(USUAL, origins=[bad_label(300, -1, 4)]),
            "y",
            300,
            "ignore_class=-1",
            "label_range",
        ),
        Case(
            "one class of a model that does not learn",
            fed(ALIKE),
            "y",
            1,
            "np.unique(y",
            "one_class_only",
        ),
        Case(
            "rare labels of which nothing is known, and a batch without any",
            fed(
                RARELY,
                NEVER,
                FREQUENT,
                starts=(1, 51, 601),
                metric=[0.95] * 5,
            ),
            "y",
            51,
            "class_weight",
            "majority_only",
        ),
        Case(
            "samples sorted by their label, of a model that learns",
            fed(
                IN_ORDER,
                metric=LEARNING,
                more={"val_accuracy": [0.8 * x for x in LEARNING]},
            ),
            "y",
            1,
            "np.random.permutation",
            "sorted_labels",
        ),
        Case(
            "classes that validation asks for, and training never had",
            fed(UNTAUGHT, metric=LEARNING, more={"val_accuracy": [0.7] * 10}),
            "y",
            1,
            "np.random.permutation",
            "untaught_classes",
        ),
        Case(
            "rare labels of which nothing is known, where it looks solved",
            fed(RARELY, NEVER, metric=[0.96] * 5),
            "y",
            51,
            "class_weight",
            "majority_only",
        ),
        Case(
            "weighted samples, so that nobody knows what guessing gives",
            fed(WEIGHTED, WEIGHTED, metric=[0.99] * 5),
            "y",
            51,
            "class_weight",
            "majority_only",
        ),
        Case(
            "rare labels of which nothing is known",
            fed(RARELY, NEVER, metric=[0.95] * 5),
            "y",
            51,
            "class_weight",
            "majority_only",
        ),
    ],
}
