"""What goes in, and what it is compared with."""

from __future__ import annotations

from typing import Any

import numpy as np

from kgrad import signs
from kgrad.records import Origin, Plan
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
    FEW,
    IDS,
    LABELS,
    NUMBERS,
    RARE,
    TARGETS_WITH_NAN,
    WITH_NAN,
    N,
    X,
    dense,
    judged,
)
from tests.signs.runs import LEARNING, SOLVING

USUAL = classifier()
CONSTANT = classifier(x=np.ones((N, 6)))
LOST = classifier(x=WITH_NAN)
LARGE = classifier(x=X + 100)
WORDS = classifier(x=IDS, plan=Plan(vocabulary=(("", 100),)))
MORE_WORDS = classifier(x=IDS + 50, plan=Plan(vocabulary=(("", 100),)))
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
FAR: dict[str, Any] = {
    "y": NUMBERS * 300 + 1000,
    "layers": (dense(), dense()),
    "plan": FEW,
}
NEAR, AWAY = judged(**FAR, value=300.0), judged(**FAR, value=1.1e6)
OUT_OF_SCALE = judged(y=NUMBERS * 8e4 + 3e5)
FALLING = [1e10, 1e9, 1e8, 1e7]

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.Inputs: [
        Case("inputs in scale", fed(USUAL)),
        Case(
            "the same inputs for all samples, of a model that solves it",
            fed(CONSTANT, metric=SOLVING),
        ),
        Case("the same inputs in later batches", fed(USUAL, CONSTANT)),
        Case(
            "large inputs, and learning has only begun",
            fed(LARGE, metric=[0.2, 0.2]),
        ),
        Case(
            "large inputs of a model that learns a little",
            fed(LARGE, metric=[0.25, 0.3, 0.35, 0.4]),
        ),
        Case(
            "missing targets that the loss leaves out",
            fed(judged(y=TARGETS_WITH_NAN, loss="", value=0.9)),
        ),
        Case(
            "NaN that begins in the model",
            fed(
                USUAL,
                origins=[
                    Origin(300, "prediction", "", (0, 1), 7),
                    Origin(301, "loss", kind="infinite"),
                    Origin(302, "gradient", kind=""),
                ],
            ),
        ),
        Case(
            "labels that have no output",
            fed(USUAL, origins=[bad_label(300, 1, 5)]),
        ),
        Case(
            "NaN in steps that `Skip` left out",
            fed(
                USUAL,
                LOST,
                USUAL,
                starts=(1, 301, 351),
                change=skipped(300, 304),
                origins=[bad_input(i) for i in range(300, 304)],
                actions=skips(300, 304),
            ),
        ),
        Case(
            "missing targets in a step whose loss scale was too large",
            fed(
                USUAL,
                change=skipped(300, 301),
                origins=[bad_input(300, stage="target")],
            ),
        ),
        Case(
            "the same inputs for all samples, first seen in step 51",
            fed(CONSTANT, starts=(51,)),
            "x",
            1,
            "x.std()",
            "constant_inputs",
        ),
        Case(
            "large inputs, and three epochs brought nothing",
            fed(LARGE, metric=[0.2, 0.2, 0.2]),
            "x",
            1,
            "Normalization",
            "unscaled_inputs",
        ),
        Case(
            "words beyond the vocabulary in a later batch",
            fed(WORDS, MORE_WORDS, starts=(1, 351)),
            "x",
            351,
            "input_dim=150",
            "ids_beyond_vocabulary",
        ),
        Case(
            "NaN in a later batch of a model that learns",
            fed(USUAL, LOST, starts=(1, 351), metric=LEARNING),
            "x",
            351,
            "x[..., 3]",
            "nonfinite_data",
        ),
        Case(
            "NaN where a step began to be lost",
            fed(
                USUAL,
                metric=LEARNING,
                origins=[bad_input(300, name="image")],
            ),
            'x["image"]',
            300,
            'x["image"][..., 2]',
            "nonfinite_data",
        ),
        Case(
            "one NaN in a sample weight",
            fed(
                USUAL,
                origins=[
                    bad_input(300, stage="sample_weight", index=(5,), count=1)
                ],
            ),
            "sample_weight",
            300,
            "x, y, sample_weight = x[keep], y[keep], sample_weight[keep]",
            "nonfinite_data",
        ),
        Case(
            "a feature that has no number, where a step began to be lost",
            fed(LOST, origins=[bad_input(1, index=(0, 3), count=1)]),
            "x",
            1,
            "x[..., 3]",
            "nonfinite_data",
        ),
        Case(
            "NaN in steps of which `Skip` leaves out too many",
            fed(
                USUAL,
                change=skipped(300, 340),
                origins=[bad_input(i) for i in range(300, 303)],
                actions=skips(300, 340),
            ),
            "x",
            300,
            "x[..., 2]",
            "nonfinite_data",
        ),
        Case(
            "NaN in a step that loss scaling skipped, in vain",
            fed(
                USUAL,
                change=lambda d: (
                    skipped(300, 301)(d),
                    d["loss"].__setitem__(299, np.nan),
                ),
                origins=[bad_input(300)],
            ),
            "x",
            300,
            "x[..., 2]",
            "nonfinite_data",
        ),
    ],
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
            fed(RARELY, NEVER, metric=SOLVING),
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
