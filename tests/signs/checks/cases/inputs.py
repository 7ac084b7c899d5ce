"""What goes in."""

from __future__ import annotations

import numpy as np

from kgrad.records import Layer, Plan
from tests.signs.checks.made import (
    BINARY,
    BINARY_LOSS,
    COLUMNS,
    FEW,
    IDS,
    LABELS,
    NUMBERS,
    PADDED,
    PIXELS,
    SEQUENCES,
    SPARSE,
    TARGETS_WITH_NAN,
    WITH_NAN,
    Judged,
    N,
    X,
    dense,
    judged,
    lstm,
    with_added_loss,
)

MUST_NOT: dict[str, list[Judged]] = {
    "nonfinite_data": [
        judged(),
        # A loss of one's own that leaves out what is missing.
        judged(y=TARGETS_WITH_NAN, loss="", value=0.9),
    ],
    "ids_beyond_vocabulary": [
        judged(IDS, plan=Plan(vocabulary=(("", 100),))),
        judged(IDS.astype("float32"), plan=Plan(vocabulary=(("", 100),))),
        judged(IDS),
    ],
    "constant_inputs": [
        judged(),
        judged(np.ones((4, 6))),
        # The state that a decoder begins with.
        judged([SEQUENCES, np.zeros((N, 8))], NUMBERS),
        # One sample, to be learned by heart.
        judged(np.repeat(X[:1], 32, 0), np.ones(32)),
    ],
    "empty_samples": [
        judged(
            np.where(np.arange(N)[:, None] % 9, IDS, 0),
            plan=Plan(vocabulary=(("", 100),)),
        ),
        judged(np.where(np.arange(N)[:, None] % 9 == 0, X, 0)),
    ],
    "input_scale": [
        judged(),
        with_added_loss(
            judged(
                COLUMNS,
                BINARY,
                activation="sigmoid",
                loss=BINARY_LOSS,
                value=60.0,
            )
        ),
        # Pixels that do no harm as yet.
        judged(
            PIXELS,
            LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            layers=(Layer("conv", "Conv2D", "relu", 8),),
            value=4.0,
        ),
        judged(
            COLUMNS,
            BINARY,
            activation="sigmoid",
            loss=BINARY_LOSS,
            layers=(Layer("n", "Normalization"), dense()),
            value=0.7,
        ),
        judged(
            PIXELS,
            LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            layers=(Layer("r", "Rescaling"), dense()),
            value=60.0,
        ),
        judged(
            IDS,
            BINARY,
            activation="sigmoid",
            loss=BINARY_LOSS,
            layers=(Layer("e", "Embedding"), lstm()),
            value=60.0,
            plan=Plan(vocabulary=(("", 100),)),
        ),
        judged(
            np.round(np.abs(X) * 6),
            LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            layers=(dense("tanh"),),
            value=2.0,
        ),
        judged(SEQUENCES[..., :1] * 15, NUMBERS, layers=(lstm(50),), value=1.0),
        judged(np.eye(40)[LABELS], layers=(lstm(),)),
    ],
    "small_inputs": [
        judged(plan=FEW),
        # Shares of words, of which some are frequent.
        judged(np.abs(X) / 20, NUMBERS, plan=FEW),
        # 0.04 x 300 x 0.1 is a way to go.
        judged(X / 100, NUMBERS, rate=0.1, plan=FEW),
        # How long it is to be trained is not known.
        judged(X / 100, NUMBERS),
        judged(
            X / 100,
            NUMBERS,
            layers=(dense(), Layer("n", "LayerNormalization")),
            plan=FEW,
        ),
        judged(np.zeros((N, 6)), NUMBERS, plan=FEW),
    ],
    "unscaled_inputs": [
        judged(),
        judged(np.round(np.abs(X) * 6)),
        judged(PIXELS, layers=(Layer("r", "Rescaling"), dense())),
        judged(
            PIXELS,
            layers=(
                Layer("s", "Resizing"),
                Layer("r", "Rescaling"),
                dense(),
            ),
        ),
        # What it does is not known: divides by 255, perhaps.
        judged(PIXELS, layers=(Layer("l", "Lambda"), dense())),
    ],
}

MUST: dict[str, list[Judged]] = {
    "nonfinite_data": [
        judged(WITH_NAN, NUMBERS),
        judged(y=TARGETS_WITH_NAN),
        judged(y=NUMBERS, weight=np.full(N, np.inf)),
    ],
    "ids_beyond_vocabulary": [
        judged(IDS, plan=Plan(vocabulary=(("", 80),))),
        judged(IDS - 2, plan=Plan(vocabulary=(("", 100),))),
        judged(IDS / 100, plan=Plan(vocabulary=(("", 100),))),
    ],
    "constant_inputs": [
        judged(np.zeros((N, 8, 8, 1)), LABELS),
        judged(np.ones((N, 6)), NUMBERS),
        judged(np.repeat(X[:1], N, 0), NUMBERS),
    ],
    "empty_samples": [judged(PADDED, plan=Plan(vocabulary=(("", 100),)))],
    "input_scale": [
        judged(1e4 * X, NUMBERS, layers=(dense("tanh"),)),
        judged(SEQUENCES * 100 + 400, NUMBERS, layers=(lstm(50),)),
        judged(
            COLUMNS, BINARY, activation="sigmoid", loss=BINARY_LOSS, value=60.0
        ),
        judged(
            PIXELS,
            LABELS,
            units=5,
            activation="softmax",
            loss=SPARSE,
            layers=(Layer("conv", "Conv2D", "relu", 8),),
            value=60.0,
        ),
    ],
    "small_inputs": [
        judged(X / 100, NUMBERS, plan=FEW),
        judged(SEQUENCES / 300, NUMBERS, layers=(lstm(),), plan=FEW),
        judged(X / 100, NUMBERS, optimizer="SGD", rate=0.1),
    ],
    "unscaled_inputs": [
        judged(PIXELS),
        judged(X + 100),
        judged(PIXELS, layers=(Layer("s", "Resizing"), dense())),
    ],
}
