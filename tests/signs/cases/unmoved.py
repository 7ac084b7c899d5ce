"""A metric that stands still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kgrad import signs
from kgrad.records import Snapshot
from tests.signs.cases.changes import FALLING, Case
from tests.signs.cases.fed import classifier, fed
from tests.signs.checks.made import BINARY_LOSS, NUMBERS, RARE, N, judged
from tests.signs.runs import LEARNING, run

STILL = [0.4375] * 10
VARIED = classifier()
OF_A_RARE_CLASS = classifier(
    RARE,
    units=1,
    activation="sigmoid",
    loss=BINARY_LOSS,
    said=np.linspace(0.01, 0.4, N)[:, None],
)


def learned(
    fed_with: Any = VARIED,
    *,
    metric: Sequence[float] = STILL,
    loss: Sequence[float] = FALLING,
    more: dict[str, Sequence[float]] | None = None,
    **arguments: Any,
) -> list[Snapshot]:
    """A run whose loss falls, and whose metric may not show it."""
    more = {"loss": loss, **(more or {})}
    return fed(fed_with, metric=metric, more=more, **arguments)


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.UnmovedMetric: [
        Case("an accuracy that rises", learned(metric=LEARNING)),
        Case(
            "an accuracy that changes once, by one of 10,000",
            learned(metric=[*STILL[:5], 0.4376, *STILL[6:]]),
        ),
        Case("a loss that stays, too", learned(loss=[1.6] * 10)),
        Case("all right from the start", learned(metric=[1.0] * 10)),
        Case("none right", learned(metric=[0.0] * 10)),
        Case(
            "sixteen samples, of which seven are right each time",
            learned(samples=16),
        ),
        Case(
            "three epochs",
            learned(metric=STILL[:3], loss=FALLING[-3:]),
        ),
        Case(
            "a rare class that is never likelier than the other",
            learned(
                OF_A_RARE_CLASS,
                metric=[0.95] * 10,
                loss=[x / 8 for x in FALLING],
            ),
        ),
        Case("the accuracy of a regression", learned(judged(y=NUMBERS))),
        Case(
            "nothing is known of the answers",
            run(metric=STILL, more={"loss": FALLING}),
        ),
        Case("validation that moves", learned(more={"val_accuracy": LEARNING})),
        Case(
            "a learning rate among the metrics",
            learned(metric=LEARNING, more={"learning_rate": [0.1] * 10}),
        ),
        Case(
            "an intersection over union of probabilities",
            learned(name="mean_iou", more={"val_mean_iou": [0.44] * 10}),
            "global",
            1,
            'metrics=["accuracy"]',
            "unmoved_metric",
        ),
        Case(
            "an accuracy that does not count what is said",
            learned(),
            "global",
            1,
            'metrics=["accuracy"]',
            "unmoved_metric",
        ),
    ],
}
