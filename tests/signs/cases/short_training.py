"""Trainings of a handful of updates, and others that end as early."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kgrad import signs
from kgrad.records import Plan, Snapshot
from tests.signs.cases.changes import Case
from tests.signs.runs import GUESSING, SETUP, run

PLAN = Plan(batch_size=32, epochs=3, updates=60, samples=640)
LOSSES = (1.2, 1.0, 0.9)


def trained(
    *accuracy: float,
    plan: Plan = PLAN,
    loss: tuple[float, ...] = LOSSES,
    **more: Any,
) -> list[Snapshot]:
    """As many epochs as accuracies, of 20 steps each."""
    steps = 20 * len(accuracy)
    return run(
        metric=accuracy,
        steps=steps,
        more={"loss": loss[: len(accuracy)]},
        setup=replace(SETUP, plan=replace(plan, updates=steps), **more),
    )


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.ShortTraining: [
        Case("a task that is solved", trained(0.6, 0.9, 0.97)),
        Case("nothing learned, which may have another reason", trained(0.25)),
        Case(
            "half of the way, and the last epoch was worse",
            trained(0.5, 0.7, 0.75, loss=(1.2, 0.9, 1.0)),
        ),
        Case("a first look that has come half of the way", trained(0.7)),
        Case("a training that goes on", trained(0.3, 0.5)),
        Case("a loop by hand", trained(0.3, 0.4, 0.5, plan=Plan())),
        Case(
            "a longer one",
            run(metric=(*GUESSING[:5], *[0.5] * 5), setup=SETUP),
        ),
        Case(
            "one epoch, and a part of the way",
            trained(0.5, plan=replace(PLAN, epochs=1)),
            "global",
            1,
            "batch_size=32, epochs=10",
            "short_training",
        ),
        Case(
            "half of the way, and more with each epoch",
            trained(0.5, 0.7, 0.75),
            "global",
            1,
            "epochs=10",
            "short_training",
        ),
        Case(
            "large batches become usual ones",
            trained(0.3, 0.4, 0.5, plan=replace(PLAN, batch_size=320)),
            "global",
            1,
            "batch_size=32, epochs=3",
            "short_training",
        ),
    ],
}
