"""Plans that leave too little to be learned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from kgrad import signs
from kgrad.records import Plan
from tests.signs.cases.changes import Case
from tests.signs.cases.fed import classifier, fed
from tests.signs.checks.made import (
    NUMBERS,
    Judged,
    judged,
    lstm,
)
from tests.signs.runs import GUESSING, LEARNING, SOLVING, Data

USUAL = classifier()
OTHER = judged(y=NUMBERS)
LATE = classifier(plan=Plan(updates=40, batchnorm_momentum=(("bn", 0.99),)))
SHORT = classifier(
    plan=Plan(batch_size=450, updates=80, epochs=20, samples=1900)
)
HALFWAY = [0.2, 0.3, 0.4, *[0.45] * 7]
HALF_RIGHT = [0.25 + 0.05 * i for i in range(10)]
FALLING_LOSS = [1.6 * 0.8**i for i in range(10)]
STATEFUL = classifier(
    layers=(lstm(stateful=True),), plan=Plan(shuffle=True, updates=1000)
)


def replace_plan(case: Judged, **changes: Any) -> Judged:
    """The same under another plan."""
    setup, data = case
    return replace(setup, plan=replace(setup.plan, **changes)), data


def at_rest(data: Data) -> None:
    """A loss that falls in the first tenth of the steps only."""
    rng = np.random.default_rng(0)
    data["loss"][64:] = 1.1 + 0.1 * rng.normal(size=len(data["loss"]) - 64)


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.TrainingPlan: [
        Case("a plan that is not known", fed(USUAL)),
        Case("few updates, which are enough", fed(SHORT, metric=LEARNING)),
        Case(
            "few updates, which are enough for the loss as well",
            fed(
                SHORT, metric=LEARNING, more={"loss": [1.6, *FALLING_LOSS[1:]]}
            ),
        ),
        Case(
            "few updates, after which the loss is at rest",
            fed(
                replace_plan(SHORT, epochs=10),
                metric=HALFWAY,
                more={"loss": [1.6, 1.2, *[1.1] * 8]},
                change=at_rest,
            ),
        ),
        Case(
            "few updates, after which the loss falls on",
            fed(
                replace_plan(SHORT, epochs=10),
                metric=HALFWAY,
                more={"loss": [1.6 - 0.05 * i for i in range(10)]},
            ),
            "plan",
            1,
            "",
            "few_updates",
        ),
        Case(
            "few updates, which were enough for half of the loss",
            fed(
                replace_plan(SHORT, epochs=10),
                metric=HALF_RIGHT,
                more={"loss": FALLING_LOSS},
            ),
        ),
        Case(
            "few updates, after which some answers stay wrong",
            fed(
                replace_plan(SHORT, epochs=10),
                metric=HALF_RIGHT,
                more={"loss": [1.6, 1.3, 1.1, *[1.0, 1.01] * 3, 1.0]},
            ),
        ),
        Case(
            "few updates, of which validation has no more use",
            fed(
                replace_plan(SHORT, epochs=10),
                metric=HALF_RIGHT,
                more={
                    "loss": [1.6 - 0.06 * i for i in range(10)],
                    "val_loss": [1.6, 1.4, *[1.2] * 8],
                },
            ),
        ),
        Case(
            "few updates, which made many right and none of them sure",
            fed(
                replace_plan(SHORT, epochs=10),
                metric=HALF_RIGHT,
                more={"loss": [1.6 - 0.06 * i for i in range(10)]},
            ),
            "plan",
            1,
            "",
            "few_updates",
        ),
        Case(
            "few updates, of a model that was lucky with its weights",
            fed(
                SHORT,
                metric=LEARNING,
                more={"loss": [1.4, *[1.35] * 9]},
            ),
            "plan",
            1,
            "",
            "few_updates",
        ),
        Case(
            "few updates of numbers, to which the first weights were near",
            fed(
                replace_plan(OTHER, batch_size=450, updates=80, epochs=20),
                name="loss",
                metric=[0.45, *[0.4] * 9],
                change=lambda d: d["loss"].__setitem__(slice(0, 64), 0.5),
            ),
            "plan",
            1,
            "",
            "few_updates",
        ),
        Case(
            "few updates, after which the loss is where it was",
            fed(SHORT, metric=LEARNING, more={"loss": [1.6] * 10}),
            "plan",
            1,
            "",
            "few_updates",
        ),
        Case(
            "shuffled samples of a stateful layer that solves its task",
            fed(STATEFUL, metric=SOLVING),
        ),
        Case(
            "shuffled samples of a stateful layer, of which each tells a part",
            fed(STATEFUL, metric=[0.2, 0.5, *[0.65] * 8]),
            "lstm",
            1,
            "shuffle=False",
            "stateful_shuffled",
        ),
        Case(
            "a batch of all the data, which is no more than a hint",
            fed(classifier(plan=Plan(batch_size=500, samples=400))),
        ),
        Case(
            "statistics that move slowly, and do for validation",
            fed(
                LATE,
                metric=LEARNING,
                more={"val_accuracy": LEARNING},
            ),
        ),
        Case(
            "statistics that move fast enough",
            fed(
                classifier(
                    plan=Plan(updates=300, batchnorm_momentum=(("bn", 0.99),))
                )
            ),
        ),
        Case(
            "statistics that move slowly, of a model that only trains well",
            fed(
                LATE,
                metric=LEARNING,
                more={"val_accuracy": GUESSING},
            ),
            "bn",
            1,
            "momentum",
            "moving_statistics",
        ),
        Case(
            "few updates",
            fed(SHORT),
            "plan",
            1,
            "",
            "few_updates",
        ),
    ],
}
