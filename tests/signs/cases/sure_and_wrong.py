"""A training loss above that of guessing, and what else may be above it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kgrad import signs
from kgrad.records import Snapshot
from tests.signs.cases.changes import REGRESSION, Case
from tests.signs.runs import GUESSING, LEARNING, SETUP, run

# Of four classes, guessing has a loss of 1.39 and an accuracy of 0.25.
HIGH = (2.5, 2.2, 2.6, 1.9, 2.3, 2.1, 1.8, 2.4, 2.0, 2.2)
SOME = (0.3, 0.4, 0.45, 0.5, 0.42, 0.5, 0.48, 0.52, 0.47, 0.5)
REGULARIZED = replace(SETUP, adds_losses=True)


def trained(
    loss: tuple[float, ...], accuracy: tuple[float, ...] = SOME, **more: Any
) -> list[Snapshot]:
    """A run with a loss and an accuracy of training."""
    return run(metric=accuracy, more={"loss": loss}, **more)


CASES: dict[type[signs.Sign], list[Case]] = {
    signs.SureAndWrong: [
        Case("a loss below guessing", trained((1.3, *[1.0] * 9))),
        Case("a loss that guesses", trained((1.386,) * 10)),
        Case("a loss that guesses, and its noise", trained((1.4,) * 10)),
        Case(
            "a loss that is high at first, and once more",
            trained((9.0, 5.0, 3.0, 2.0, 1.2, 1.1, 1.0, 1.5, 0.9, 0.8)),
        ),
        Case("a model that knows nothing", trained(HIGH, GUESSING)),
        Case("the first epochs", trained(HIGH[:8], SOME[:8])),
        Case("a penalty in the loss", trained(HIGH, setup=REGULARIZED)),
        Case(
            "a loss of validation, which is memorized training",
            run(
                metric=LEARNING,
                more={"loss": [0.5] * 10, "val_loss": HIGH},
            ),
        ),
        Case(
            "an error of numbers",
            run(name="loss", metric=HIGH, setup=REGRESSION),
        ),
        Case(
            "a loss above guessing of a model that knows something",
            trained(HIGH),
            "global",
            321,
            "learning_rate",
            "sure_and_wrong",
        ),
    ],
}
