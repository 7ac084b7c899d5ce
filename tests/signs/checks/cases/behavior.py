"""What shapes and predictions say of a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.signs.checks.made import (
    NUMBERS,
    SEQUENCES,
    Judged,
    X,
    judged,
    lstm,
)

MUST_NOT: dict[str, list[Judged]] = {
    "batch_as_time": [
        judged(),
        judged(SEQUENCES, NUMBERS, layers=(lstm(),)),
    ],
    "same_answer": [
        judged(y=NUMBERS),
        # What cannot be foreseen.
        judged(y=NUMBERS, said=0.02 + 1e-5 * NUMBERS[:, None]),
        judged(np.repeat(X[:1], 32, 0), np.ones(32), np.ones((32, 1))),
    ],
}

MUST: dict[str, list[Judged]] = {
    "batch_as_time": [
        (replace(setup, batch_as_time=("lstm", "gru")), data)
        for setup, data in (judged(SEQUENCES, NUMBERS, layers=(lstm(),)),)
    ],
    "same_answer": [judged(y=NUMBERS, said=np.full((32, 1), 0.02))],
}
