"""How large targets are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad.records import Layer
from tests.signs.checks.made import (
    FEW,
    MISSING,
    NUMBERS,
    SEQUENCES,
    Judged,
    N,
    X,
    dense,
    judged,
    lstm,
    untrained,
    with_added_loss,
    with_schedule,
)


def scaled_behind(made: Judged) -> Judged:
    """The same with a layer that makes of the output what targets are."""
    setup, data = made
    behind = Layer("rescaling", "Rescaling")
    return replace(setup, layers=(*setup.layers, behind)), data


MUST_NOT: dict[str, list[Judged]] = {
    "small_targets": [
        judged(y=NUMBERS, value=9.0),
        # Returns, which cannot be foreseen.
        judged(y=NUMBERS / 100, value=1.1e-4),
        judged(y=NUMBERS / 100, value=1e-5),
        judged(y=NUMBERS / 100 + 1, value=1.0),
        judged(y=np.full(N, 0.01), value=1.0),
        with_added_loss(judged(y=NUMBERS / 100, value=1.0)),
    ],
    "target_scale": [
        judged(y=NUMBERS),
        judged(y=np.where(MISSING, -99_999, NUMBERS), weight=1.0 - MISSING),
        judged(y=NUMBERS * 300 + 1000, layers=(dense(), dense()), plan=FEW),
        judged(y=NUMBERS * 3 + 5, plan=FEW),
        # A Rescaling behind the last layer.
        judged(y=NUMBERS * 8e4 + 3e5, said=8e4 * untrained("", 1) + 3e5),
        judged(y=NUMBERS * 8e4, loss="mean_squared_logarithmic_error"),
        # Another one, of a model whose first outputs are small all the same.
        scaled_behind(
            judged(SEQUENCES, NUMBERS * 20 + 300, layers=(lstm(50),), plan=FEW)
        ),
        judged(
            SEQUENCES, NUMBERS * 5 + 20, layers=(lstm(50),), rate=0.01, plan=FEW
        ),
        with_schedule(
            judged(
                SEQUENCES,
                NUMBERS * 20 + 300,
                layers=(lstm(50),),
                rate=0.0,
                plan=FEW,
            )
        ),
        judged(y=NUMBERS * 300, optimizer="SGD", layers=(), rate=0.01),
        judged(y=NUMBERS * 300, optimizer="SGD", rate=1e-5),
    ],
    "targets_far_from_zero": [
        # Degrees Kelvin, and all that is enough for them.
        judged(y=NUMBERS * 10 + 285, plan=FEW),
        judged(y=NUMBERS * 10 + 2000, plan=replace(FEW, updates=2000)),
        # A rate at which weights go far and come to rest.
        judged(y=NUMBERS * 10 + 2000, plan=FEW, rate=0.05),
        with_schedule(judged(y=NUMBERS * 10 + 2000, plan=FEW)),
        judged(y=NUMBERS * 10 + 2000, plan=FEW, optimizer="SGD", layers=()),
        judged(y=NUMBERS * 10 + 2000),
        # The first batch of a series that rises, and a few by chance.
        judged(
            X[:32],
            NUMBERS[:32] + 100,
            plan=replace(FEW, updates=100, samples=5000, shuffle=False),
        ),
        judged(
            X[:4],
            NUMBERS[:4] + 100,
            plan=replace(FEW, updates=100, samples=5000, shuffle=True),
        ),
        # The same for all, which a bias can learn.
        judged(y=np.full(N, 20.0), plan=FEW),
        # A last bias that was told the mean.
        judged(y=NUMBERS * 10 + 2000, said=2000 + untrained("", 1), plan=FEW),
    ],
    "target_scale_not_reached": [
        judged(y=NUMBERS * 300 + 1000, value=300.0),
        with_added_loss(judged(y=NUMBERS * 300 + 1000, value=1.1e6)),
        judged(y=NUMBERS, value=1.3),
    ],
}

MUST: dict[str, list[Judged]] = {
    "small_targets": [
        judged(y=NUMBERS / 100, value=2e-4),
        judged(y=NUMBERS / 30, value=0.01),
    ],
    "target_scale": [
        judged(y=NUMBERS * 8e4 + 3e5),
        judged(SEQUENCES, NUMBERS * 20 + 300, layers=(lstm(50),), plan=FEW),
        judged(y=NUMBERS * 300, optimizer="SGD", rate=0.01),
    ],
    "targets_far_from_zero": [
        judged(
            X[:32],
            NUMBERS[:32] + 100,
            plan=replace(FEW, updates=100, samples=5000, shuffle=True),
        ),
        *(
            judged(y=NUMBERS * spread + mean, plan=FEW, **changes)
            for spread, mean, changes in (
                (10, 2000, {"rate": 0.005}),
                (1.5, 300, {"layers": (dense(), dense())}),
                (30, -6000, {"optimizer": "RMSprop"}),
            )
        ),
    ],
    "target_scale_not_reached": [judged(y=NUMBERS * 300 + 1000, value=1.1e6)],
}
