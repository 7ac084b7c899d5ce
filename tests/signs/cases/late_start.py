"""Targets that took much of the training to reach, and others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from kgrad import signs
from kgrad.records import Output, Plan, Sample, Snapshot
from kgrad.records.summaries import summarize_batch
from tests.signs.cases.changes import Case
from tests.signs.runs import SETUP, run

SPREAD = np.random.default_rng(0).standard_normal(32)
LATE = (1800.0, 200.0, 3.0, 1.1, 0.5, 0.45, 0.4, 0.35)
EARLY = (1800.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4)
SETTING = replace(
    SETUP,
    classes=0,
    loss="mse",
    outputs=(Output("", "net/out", loss="mean_squared_error", units=1),),
    plan=Plan(batch_size=32, epochs=8, updates=640, samples=2560),
    chance={"loss": 1.0},
)


def trained(
    losses: Sequence[float], mean: float = 50.0, **more: Any
) -> list[Snapshot]:
    batch = summarize_batch(np.zeros((32, 3)), mean + SPREAD)
    return run(
        name="loss",
        metric=losses,
        setup=replace(SETTING, **more),
        samples_of=lambda step: Sample(step, data=batch),
    )


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.LateStart: [
        Case("a first epoch only", trained(EARLY)),
        Case("a task that is solved", trained((*LATE[:-1], 0.05))),
        Case(
            "targets around 0, which nothing was learned of", trained(LATE, 1)
        ),
        Case("a loss that stays there", trained([1800.0, *[1.5] * 7])),
        Case("a penalty in the loss", trained(LATE, adds_losses=True)),
        Case(
            "a training that goes on",
            trained(LATE, plan=replace(SETTING.plan, epochs=20)),
        ),
        Case(
            "four of eight epochs for the way there",
            trained(LATE),
            "y",
            1,
            "y = (y - 49",
            "late_start",
        ),
    ],
}
