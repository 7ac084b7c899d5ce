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
    FEW,
    IDS,
    NUMBERS,
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
}
