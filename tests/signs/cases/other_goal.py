"""Losses that fall while an error grows, of the same data and of others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kgrad import signs
from kgrad.records import Output, Plan, Snapshot
from tests.signs.cases.changes import Case
from tests.signs.runs import SETUP, run

SIMILAR = replace(
    SETUP,
    classes=0,
    loss="cosine_similarity",
    outputs=(Output("", "net/out", loss="cosine_similarity", units=3),),
    chance={"mse": 1.0},
)
FALLS = tuple(-1 + 0.2 * 0.7**i for i in range(10))
GROWS = (0.37, 0.4, 0.41, 0.4, 0.43, 0.47, 0.5, 0.6, 0.54, 0.66)
SHRINKS = GROWS[::-1]


def trained(
    mse: tuple[float, ...] = GROWS,
    *,
    loss: tuple[float, ...] = FALLS,
    **more: Any,
) -> list[Snapshot]:
    """A training by one loss, judged by another."""
    setup = replace(SIMILAR, **more)
    return run(name="mse", metric=mse, more={"loss": loss}, setup=setup)


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.OtherGoal: [
        Case("an error that shrinks as the loss falls", trained(SHRINKS)),
        Case("both grow", trained(loss=FALLS[::-1])),
        Case(
            "an error that grows by a tenth",
            trained((0.4, *[0.41] * 4, *[0.44] * 5)),
        ),
        Case(
            "an error that wanders",
            trained((0.4, 0.7, 0.5, 0.4, 0.6, 0.5, 0.7, 0.4, 0.6, 0.6)),
        ),
        Case(
            "an error that grows on validation data",
            run(
                name="val_mse",
                metric=GROWS,
                more={"mse": SHRINKS, "loss": FALLS},
                setup=SIMILAR,
            ),
        ),
        Case("a penalty in the loss", trained(adds_losses=True)),
        Case(
            "weights of classes in the loss",
            trained(plan=Plan(class_weight=True)),
        ),
        Case(
            "an error that grows and is next to nothing",
            trained(tuple(x / 10 for x in GROWS)),
        ),
        Case(
            "the first epochs",
            run(
                name="mse",
                metric=GROWS[:4],
                more={"loss": FALLS[:4]},
                setup=SIMILAR,
            ),
        ),
        Case(
            "a loss that falls, and an error that grows",
            trained(),
            "global",
            1,
            'loss="m',
            "other_goal",
        ),
    ],
}
