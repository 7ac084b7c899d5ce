"""How often each class occurs, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from kgrad.records import Plan
from tests.signs.checks.made import (
    BINARY,
    BINARY_LOSS,
    CATEGORICAL,
    HELD_OUT,
    LABELS,
    NUMBERS,
    RARE,
    REGIMES,
    SEQUENCES,
    SORTED,
    SPARSE,
    Judged,
    N,
    X,
    judged,
    untrained,
)


def asked(
    known: tuple[int, ...],
    held_out: tuple[int, ...],
    *,
    loss: str = SPARSE,
    **output: Any,
) -> Judged:
    """Counts of the labels of training and of validation."""
    plan = Plan(label_counts=known, held_out_counts=held_out)
    return judged(y=LABELS, units=5, loss=loss, plan=plan, **output)


MUST_NOT: dict[str, list[Judged]] = {
    "one_class_only": [
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS),
        # 90 to 10, and 8 of them.
        judged(X[:8], np.zeros(8, int), activation="sigmoid", loss=BINARY_LOSS),
        judged(y=np.zeros(N)),
        # A batch of sorted samples.
        judged(
            y=np.zeros(N, int),
            units=5,
            activation="softmax",
            loss=SPARSE,
            plan=Plan(label_counts=(300, 0, 40), samples=340),
        ),
        judged(
            X[:32],
            np.zeros(32, int),
            units=5,
            activation="softmax",
            loss=SPARSE,
            plan=Plan(label_counts=(12,), samples=12),
        ),
        # A label that no sample of many has.
        judged(
            y=np.zeros((N, 5)), units=5, activation="sigmoid", loss=BINARY_LOSS
        ),
    ],
    "sorted_labels": [
        judged(y=SORTED, units=5, loss=SPARSE, plan=Plan(shuffle=True)),
        judged(y=SORTED, units=5, loss=SPARSE),
        judged(
            y=REGIMES,
            loss=BINARY_LOSS,
            activation="sigmoid",
            plan=Plan(validation_split=0.2),
        ),
        judged(y=LABELS, units=5, loss=SPARSE, plan=Plan(shuffle=False)),
        judged(y=np.sort(NUMBERS), plan=Plan(shuffle=False)),
        # Each class comes twice: two recordings after one another.
        judged(
            y=np.tile(np.repeat([0, 1], N // 4), 2),
            activation="sigmoid",
            loss=BINARY_LOSS,
            plan=Plan(shuffle=False),
        ),
        # So few may stand like this by chance.
        judged(
            X[:14],
            np.repeat([0, 1], 7),
            activation="sigmoid",
            loss=BINARY_LOSS,
            plan=Plan(shuffle=False),
        ),
        # Of all samples, not of a batch that happens to be sorted.
        judged(
            y=SORTED,
            units=5,
            loss=SPARSE,
            plan=Plan(shuffle=False, label_counts=(200, 200), label_runs=190),
        ),
        judged(
            y=LABELS,
            units=5,
            loss=SPARSE,
            plan=replace(HELD_OUT, validation_split=0.0),
        ),
        # Every batch holds all samples.
        judged(
            y=SORTED,
            units=5,
            loss=SPARSE,
            plan=Plan(shuffle=False, batch_size=N),
        ),
    ],
    "untaught_classes": [
        # Of each class some.
        asked((150, 140, 110), (50, 60, 40)),
        asked((150, 140, 110), ()),
        asked((), (0, 0, 40)),
        # Two samples of a rare class, held out together by chance.
        asked((30, 30), (2, 2, 2)),
        # Rare words that happen to be in one text only.
        asked((400, 300, 200), (140, 100, 60, 9, 7)),
        # A label for what is to be left out.
        asked((150, 140), (50, 60, 40), ignore_class=2),
        asked((150, 140), (50, 60, 40), loss="mean_squared_error"),
    ],
    "majority_only": [
        judged(
            y=BINARY,
            said=np.zeros((N, 1)),
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
        judged(
            y=RARE,
            said=RARE[:, None] * 0.9,
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
        # Sure of none, but likelier where it is: far below an entropy of 0.2.
        judged(
            y=RARE,
            said=0.02 + 0.4 * RARE[:, None],
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=0.07,
        ),
        # Nor in validation, where as few are.
        judged(
            y=RARE,
            said=0.02 + 0.4 * RARE[:, None],
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=0.07,
            plan=Plan(label_counts=(1900, 100), held_out_counts=(380, 20)),
        ),
        # A batch or two of validation say nothing of its frequencies.
        judged(
            y=RARE,
            said=0.02 + 0.4 * RARE[:, None],
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=0.07,
            plan=Plan(label_counts=(1900, 100), held_out_counts=(6, 4)),
        ),
        # All of a batch, by chance, and all of them right.
        judged(
            y=np.zeros(40, int),
            said=np.zeros((40, 1)),
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
    ],
    "class_imbalance": [
        judged(y=BINARY, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=NUMBERS),
    ],
}

MUST: dict[str, list[Judged]] = {
    "one_class_only": [
        judged(y=np.zeros(N, int), units=5, activation="softmax", loss=SPARSE),
        judged(
            X[:40],
            np.ones(40, int),
            activation="sigmoid",
            loss=BINARY_LOSS,
            plan=Plan(samples=40),
        ),
        judged(
            X[:32],
            np.ones(32, int),
            units=5,
            activation="softmax",
            loss=SPARSE,
            plan=Plan(label_counts=(0, 300), samples=300),
        ),
    ],
    "sorted_labels": [
        judged(y=LABELS, units=5, loss=SPARSE, plan=HELD_OUT),
        judged(
            y=SORTED,
            units=5,
            loss=SPARSE,
            plan=Plan(shuffle=True, validation_split=0.2),
        ),
        judged(
            y=np.eye(5)[SORTED],
            units=5,
            loss=CATEGORICAL,
            plan=Plan(shuffle=False),
        ),
        # One sample is out of place.
        judged(
            y=np.concatenate([[1], np.repeat([0, 1], N // 2)[:-1]]),
            activation="sigmoid",
            loss=BINARY_LOSS,
            plan=Plan(shuffle=False),
        ),
    ],
    "majority_only": [
        judged(
            y=RARE,
            said=np.full((N, 1), 0.05),
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=value,
            weight=weight,
        )
        for value, weight in ((0.199, None), (0.07, 0.1 + RARE))
    ]
    # It knows how rare they are in training; in validation they are not.
    + [
        judged(
            y=RARE,
            said=0.02 + 0.4 * RARE[:, None],
            activation="sigmoid",
            loss=BINARY_LOSS,
            value=0.07,
            plan=Plan(label_counts=(1900, 100), held_out_counts=held_out),
        )
        for held_out in ((200, 200), (120, 280))
    ],
    "untaught_classes": [
        # Of four classes, the first of sorted samples.
        asked((276, 24), (97, 105, 98, 100)),
        asked((0, 150, 140), (60, 40)),
        asked((90, 90, 90), (10, 10, 10, 12)),
        asked((90, 90, 90), (0, 0, 0, 30), loss=CATEGORICAL),
    ],
    "class_imbalance": [
        judged(y=RARE, activation="sigmoid", loss=BINARY_LOSS),
        # At each step, and as floats.
        judged(
            SEQUENCES,
            np.repeat([[[1.0], *[[0.0]] * 19]], N, axis=0),
            untrained("sigmoid", 20, 1),
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
    ],
}
