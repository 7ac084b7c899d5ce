"""Accuracies that are the share of a class, and those that only seem to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kgrad import signs
from kgrad.records import Output, Plan, Snapshot
from tests.signs.cases.changes import Case
from tests.signs.runs import SETUP, run

RARE = Plan(label_counts=(970, 30), held_out_counts=(200, 200))
SETTING = replace(
    SETUP,
    classes=2,
    outputs=(
        Output("", "net/out", "softmax", 2, "sparse_categorical_crossentropy"),
    ),
    plan=RARE,
)
LOSS = (0.3, 0.14, 0.13, 0.13)


def trained(
    accuracy: float = 0.971,
    validation: float = 0.51,
    loss: Sequence[float] = (1.9, 1.7, 1.6, 1.6),
    plan: Plan = RARE,
    epochs: int = 4,
) -> list[Snapshot]:
    """A run that ends with these accuracies."""
    return run(
        metric=[accuracy] * epochs,
        more={
            "val_accuracy": [validation] * epochs,
            "loss": LOSS[:epochs],
            "val_loss": loss[:epochs],
        },
        setup=replace(SETTING, plan=plan),
    )


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.MajorityAnswers: [
        Case("a rare class that is learned", trained(0.99, 0.8)),
        Case("a rare class that validation shows", trained(0.971, 0.6)),
        Case("and that training shows", trained(0.98, 0.54)),
        Case(
            "validation as rare, where being sure of none is right",
            trained(
                validation=0.97, plan=replace(RARE, held_out_counts=(388, 12))
            ),
        ),
        Case(
            "validation that is better than guessing by its loss",
            trained(loss=(1.9, 1.7, 0.68, 0.6)),
        ),
        Case("classes that are as frequent", trained(0.5, plan=Plan())),
        Case("validation of which nothing is known", trained(plan=Plan())),
        Case("too few epochs", trained(epochs=2)),
        Case(
            "nearly always the frequent class",
            trained(),
            "y",
            320,
            "class_weight={0: 0.52, 1: 17}",
            "majority_answers",
        ),
    ],
}
