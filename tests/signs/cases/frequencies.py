"""Classes with other frequencies in validation, and what makes them none."""

from __future__ import annotations

from dataclasses import replace

from kgrad import signs
from kgrad.records import Output, Plan, Snapshot
from tests.signs.cases.changes import Case
from tests.signs.runs import LEARNING, SETUP, SOLVING, run

SPARSE = "sparse_categorical_crossentropy"
SHIFTED = Plan(
    label_counts=(240, 50, 50, 60), label_runs=300, held_out_counts=(100,) * 4
)
BEHIND = (0.26, 0.3, 0.35, *[0.4] * 7)


def trained(
    plan: Plan = SHIFTED,
    validation: tuple[float, ...] = BEHIND,
    accuracy: tuple[float, ...] = SOLVING,
    samples: int = 400,
) -> list[Snapshot]:
    """A model of four classes that is right in training."""
    setup = replace(
        SETUP, outputs=(Output("", "net/out", "softmax", 4, SPARSE),), plan=plan
    )
    more = {"val_accuracy": validation}
    return run(metric=accuracy, more=more, setup=setup, samples=samples)


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.OtherFrequencies: [
        Case(
            "the same classes in both",
            trained(replace(SHIFTED, label_counts=(100,) * 4)),
        ),
        Case(
            "shares that differ by chance",
            trained(replace(SHIFTED, held_out_counts=(12, 6, 5, 3))),
        ),
        Case("validation that is solved", trained(validation=SOLVING)),
        Case(
            "validation that is a little behind",
            trained(validation=(0.3, *[0.8] * 9)),
        ),
        Case(
            "a few samples, of which nobody knows whether they are behind",
            trained(validation=(0.3, *[0.66] * 9), samples=15),
        ),
        Case(
            "a rare class that is mostly told, though guessing is good",
            trained(
                replace(SHIFTED, label_counts=(360, 14, 13, 13)),
                validation=(0.25, *[0.84] * 9),
            ),
        ),
        Case("training that is not learned either", trained(accuracy=BEHIND)),
        Case(
            "a class that is nearly all of the training labels, and told alone",
            trained(
                replace(SHIFTED, label_counts=(380, 7, 7, 6)),
                validation=(0.25, *[0.3] * 9),
                accuracy=(0.94, *[0.95] * 9),
            ),
            "y",
            1,
            "class_weight=",
            "other_frequencies",
        ),
        Case(
            "frequencies that weights make up for",
            trained(replace(SHIFTED, class_weight=True)),
        ),
        Case("labels that are not known", trained(Plan())),
        Case(
            "a class that is frequent in training only",
            trained(),
            "y",
            1,
            "class_weight=",
            "other_frequencies",
        ),
        Case(
            "the same of a model that learned most of the training data",
            trained(accuracy=LEARNING),
            "y",
            1,
            "class_weight=",
            "other_frequencies",
        ),
    ],
}
