"""What a label is."""

from __future__ import annotations

import numpy as np

from tests.signs.checks.made import (
    BINARY,
    BINARY_LOSS,
    CATEGORICAL,
    IGNORED,
    LABELS,
    MASKING,
    MISSING,
    MULTI_HOT,
    NUMBERS,
    ONE_HOT,
    PAST_END,
    PIXELS,
    RESIZED,
    RNG,
    SEQUENCES,
    SPARSE,
    STEPS,
    Judged,
    N,
    X,
    judged,
    lstm,
    softmax,
    untrained,
)

MUST_NOT: dict[str, list[Judged]] = {
    "labels_not_whole": [
        judged(y=LABELS.astype("float32"), units=5, loss=SPARSE),
        judged(y=NUMBERS),
        judged(y=ONE_HOT * 0.9 + 0.02, units=5, loss=CATEGORICAL),
    ],
    "sparse_or_one_hot": [
        judged(y=LABELS, units=5, activation="softmax", loss=SPARSE),
        judged(y=LABELS[:, None], units=5, activation="softmax", loss=SPARSE),
        judged(y=ONE_HOT, units=5, activation="softmax", loss=CATEGORICAL),
        # A label at each of five steps, of five classes.
        judged(
            SEQUENCES,
            np.eye(5, dtype=int)[LABELS],
            untrained("softmax", 5, 5),
            units=5,
            activation="softmax",
            loss=SPARSE,
        ),
    ],
    "label_range": [
        judged(y=LABELS, units=5, activation="softmax", loss=SPARSE),
        # 0 is kept for padding.
        judged(y=LABELS + 1, units=6, activation="softmax", loss=SPARSE),
        judged(y=IGNORED, units=4, loss=SPARSE, ignore_class=-1),
        judged(
            y=np.where(LABELS == 4, 255, LABELS),
            units=4,
            loss=SPARSE,
            ignore_class=255,
        ),
        judged(y=np.sign(NUMBERS), activation="tanh", loss="hinge"),
        judged(y=BINARY, activation="tanh", loss="hinge"),
        judged(RESIZED, RESIZED, activation="sigmoid", loss=BINARY_LOSS),
        # Padded with -1 where a mask, or weights of 0, leave it out.
        judged(
            SEQUENCES,
            np.where(PAST_END, -1, STEPS),
            untrained("sigmoid", 20, 1),
            activation="sigmoid",
            loss=BINARY_LOSS,
            layers=(MASKING, lstm(return_sequences=True)),
        ),
        judged(
            y=np.where(MISSING, -1, BINARY),
            weight=1.0 - MISSING,
            activation="sigmoid",
            loss=BINARY_LOSS,
        ),
        # The output is wrong, not the labels.
        judged(y=LABELS, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=NUMBERS * 3, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=BINARY * 0.8 + 0.1, activation="sigmoid", loss=BINARY_LOSS),
    ],
    "rows_not_one_hot": [
        judged(y=ONE_HOT, units=5, loss=CATEGORICAL),
        judged(y=ONE_HOT * 0.9 + 0.02, units=5, loss=CATEGORICAL),
        judged(y=ONE_HOT * (LABELS > 0)[:, None], units=5, loss=CATEGORICAL),
        # Shares of thirty classes, rounded to two digits.
        judged(
            y=np.round(RNG.dirichlet(np.ones(30), N), 2),
            units=30,
            activation="softmax",
            loss=CATEGORICAL,
        ),
        # What a teacher says of each step, and nothing of padding.
        judged(
            SEQUENCES,
            np.where(PAST_END, 0, softmax(RNG.normal(size=(N, 20, 5)))),
            untrained("softmax", 20, 5),
            units=5,
            loss=CATEGORICAL,
            layers=(MASKING, lstm(return_sequences=True)),
        ),
        # The same without a mask: the loss is 0 there.
        judged(
            SEQUENCES,
            np.where(PAST_END, 0, softmax(RNG.normal(size=(N, 20, 5)))),
            untrained("softmax", 20, 5),
            units=5,
            loss=CATEGORICAL,
        ),
        judged(y=MULTI_HOT, units=5, activation="sigmoid", loss=BINARY_LOSS),
        # The loss is wrong, not the rows.
        judged(y=MULTI_HOT, units=5, activation="softmax", loss=CATEGORICAL),
        judged(y=X[:, :5], units=5, activation="softmax", loss=CATEGORICAL),
    ],
}

MUST: dict[str, list[Judged]] = {
    "labels_not_whole": [
        judged(y=LABELS / 255, units=5, activation="softmax", loss=SPARSE),
        judged(y=NUMBERS, units=5, activation="softmax", loss=SPARSE),
    ],
    "sparse_or_one_hot": [
        judged(y=ONE_HOT, units=5, activation="softmax", loss=SPARSE),
        judged(y=LABELS, units=5, activation="softmax", loss=CATEGORICAL),
    ],
    "label_range": [
        judged(y=LABELS + 1, units=5, activation="softmax", loss=SPARSE),
        judged(y=IGNORED, units=4, activation="softmax", loss=SPARSE),
        judged(y=np.sign(NUMBERS), activation="sigmoid", loss=BINARY_LOSS),
        judged(y=BINARY + 1, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=BINARY * 255, activation="sigmoid", loss=BINARY_LOSS),
        judged(PIXELS, PIXELS, activation="sigmoid", loss=BINARY_LOSS),
        judged(y=LABELS, activation="tanh", loss="hinge"),
    ],
    "rows_not_one_hot": [
        judged(
            y=ONE_HOT * 100, units=5, activation="softmax", loss=CATEGORICAL
        ),
        judged(
            y=ONE_HOT * 0.9, units=5, activation="softmax", loss=CATEGORICAL
        ),
        judged(
            y=np.abs(X[:, :5]), units=5, activation="softmax", loss=CATEGORICAL
        ),
    ],
}
