"""What is foreseen in the first epoch of training, and never in validation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad import signs
from kgrad.records import Layer, Plan, Sample, Setup, Snapshot
from kgrad.records.summaries import summarize_batch
from tests.signs.cases.changes import Case
from tests.signs.cases.reached import SUPERVISED
from tests.signs.runs import GUESSING, LEARNING, SETUP, run

NORMALIZED = replace(
    SUPERVISED,
    plan=Plan(samples=10_000, batchnorm_momentum=(("net/bn", 0.9),)),
    layers=(SETUP.layers[0], Layer("net/bn", "BatchNormalization")),
)
SLOWLY = replace(
    NORMALIZED,
    plan=replace(NORMALIZED.plan, batchnorm_momentum=(("net/bn", 0.999),)),
)
SEEN_ONCE = replace(SUPERVISED, plan=Plan(samples=10_000))
RARE = np.arange(200) % 20 == 0
OF_RARE = summarize_batch(np.zeros((200, 3), np.float32), RARE)
"""A batch of which 95 % are of one class; validation has as many of both."""


def balanced_validation(setup: Setup, *val_accuracy: float) -> list[Snapshot]:
    """Training data that are out of balance, as validation data are not."""
    return run(
        metric=np.linspace(0.97, 0.99, 10).tolist(),
        more={"val_accuracy": np.linspace(*val_accuracy, 10).tolist()},
        setup=replace(setup, classes=2),
        samples_of=lambda step: Sample(step, data=OF_RARE),
    )


FORESEEN = (0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.93, 0.94, 0.95, 0.96)
UNLIKE = {"val_accuracy": GUESSING}

CASES: dict[type[signs.Sign], list[Case]] = {
    signs.InferenceMismatch: [
        Case(
            "validation data in balance, as training data are not",
            balanced_validation(NORMALIZED, 0.75, 0.85),
        ),
        Case(
            "no BatchNormalization",
            run(metric=FORESEEN, more=UNLIKE, setup=SEEN_ONCE),
        ),
        Case(
            "validation that is learned",
            run(
                metric=FORESEEN,
                more={"val_accuracy": LEARNING},
                setup=NORMALIZED,
            ),
        ),
        Case(
            "statistics that have not settled",
            run(metric=FORESEEN, more=UNLIKE, setup=SLOWLY),
        ),
        Case(
            "training data that are learned by heart",
            run(metric=LEARNING, more=UNLIKE, setup=NORMALIZED),
        ),
        Case(
            "an epoch that sees every sample twice",
            run(
                metric=FORESEEN,
                more=UNLIKE,
                setup=replace(
                    NORMALIZED, plan=replace(NORMALIZED.plan, samples=5_000)
                ),
            ),
        ),
        Case(
            "validation that the statistics come to serve",
            run(
                metric=FORESEEN,
                more={"val_accuracy": [0.25] * 6 + [0.5] * 4},
                setup=NORMALIZED,
            ),
        ),
        Case(
            "validation at guessing, long after statistics have settled",
            run(metric=FORESEEN, more=UNLIKE, setup=NORMALIZED),
            "net/bn",
            1,
            "model.evaluate",
            "inference_mismatch",
        ),
    ],
}

VALIDATION: list[Case] = [
    Case(
        "validation data in balance, far below the majority's share of others",
        balanced_validation(SEEN_ONCE, 0.75, 0.85),
    ),
    Case(
        "validation data in balance, near the majority's share of others",
        balanced_validation(SEEN_ONCE, 0.94, 0.943),
    ),
    Case(
        "validation that guesses, of training data learned by heart",
        run(metric=LEARNING, more=UNLIKE, setup=SEEN_ONCE),
    ),
    Case(
        "validation that guesses with BatchNormalization",
        run(metric=FORESEEN, more=UNLIKE, setup=NORMALIZED),
    ),
    Case(
        "a first epoch of which nobody knows how often it saw a sample",
        run(metric=FORESEEN, more=UNLIKE, setup=SUPERVISED),
    ),
    Case(
        "validation that guesses at first",
        run(
            metric=FORESEEN,
            more={"val_accuracy": [0.25, 0.25, *LEARNING[2:]]},
            setup=SEEN_ONCE,
        ),
    ),
    Case(
        "a difference that thirty samples may make",
        run(
            metric=[0.5, *FORESEEN[1:]],
            more={"val_accuracy": [0.3] * 10},
            samples=30,
            setup=replace(SUPERVISED, plan=Plan(samples=30)),
        ),
    ),
    Case(
        "rows that are known to be sorted, which is told with them",
        run(
            metric=LEARNING,
            more={"val_accuracy": [0.05] * 10},
            setup=replace(
                SUPERVISED,
                plan=Plan(
                    validation_split=0.3,
                    label_counts=(300, 300, 100),
                    label_runs=3,
                ),
            ),
        ),
    ),
    Case(
        "samples that are foreseen in training, and not in validation",
        run(metric=FORESEEN, more=UNLIKE, setup=SEEN_ONCE),
        "global",
        1,
        "permutation",
    ),
]
