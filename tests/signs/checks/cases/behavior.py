"""What shapes and predictions say of a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad.records import Layer
from tests.signs.checks.made import (
    LABELS,
    NUMBERS,
    SEQUENCES,
    SPARSE,
    Judged,
    X,
    dense,
    judged,
    lstm,
)


def selecting(case: Judged, *layers: tuple[str, int, int]) -> Judged:
    """The same where layers pass on some features only."""
    setup, data = case
    return replace(setup, selected_features=layers), data


def dropping(rate: float, *before: Layer) -> Judged:
    """A Dropout behind some layers."""
    dropout = Layer("dropout", "Dropout", arguments={"rate": rate})
    return judged(layers=(*before, dropout))


def narrow(*before: Layer, units: int = 5) -> Judged:
    """Classes that are told by what some layers pass on."""
    return judged(
        y=LABELS % units,
        layers=(lstm(), *before),
        units=units,
        activation="softmax",
        loss=SPARSE,
    )


POOLED = Layer("pool", "GlobalMaxPooling1D")
FLAT = Layer("flat", "Flatten")
BOTH = Layer("both", "Bidirectional")

MUST_NOT: dict[str, list[Judged]] = {
    "batch_as_time": [
        judged(),
        judged(SEQUENCES, NUMBERS, layers=(lstm(),)),
    ],
    "dropout_of_all": [
        judged(),
        # As usual, if of few units.
        dropping(0.5, dense(units=3)),
        # Of many units some are left.
        dropping(0.95, dense(units=128)),
        dropping(0.9, BOTH, lstm(20)),
        # How many there are is not known.
        dropping(0.95),
        dropping(0.95, Layer("conv", "Conv2D", "relu", 8), FLAT),
    ],
    "dropped_features": [
        judged(),
        selecting(judged(y=NUMBERS), ("lambda", 7, 8)),
        selecting(judged(y=NUMBERS), ("lambda", 4, 8)),
    ],
    "one_number": [
        judged(),
        narrow(dense(units=2)),
        # Nothing is lost of two classes.
        narrow(dense("linear", 1), units=2),
        # The scores of an attention.
        narrow(dense("linear", 1), Layer("dot", "Dot")),
        narrow(dense("linear", 1), FLAT),
        judged(layers=(dense("linear", 1),)),
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
    "dropout_of_all": [
        dropping(0.95, lstm(16)),
        dropping(0.8, dense(units=8), POOLED),
        dropping(0.95, BOTH, lstm(16)),
    ],
    "dropped_features": [
        selecting(judged(y=NUMBERS), ("lambda", 2, 8)),
        selecting(judged(y=NUMBERS), ("a", 5, 6), ("b", 1, 30)),
    ],
    "one_number": [
        narrow(dense("linear", 1)),
        narrow(dense("linear", 1), Layer("relu", "Activation", "relu")),
    ],
    "same_answer": [judged(y=NUMBERS, said=np.full((32, 1), 0.02))],
}
