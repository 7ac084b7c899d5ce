"""A training loss that stays above that of guessing."""

from __future__ import annotations

import numpy as np

from kgrad import remedies
from kgrad.records import GLOBAL, Finding
from kgrad.records.numbers import number
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.metric import GUESSING
from kgrad.signs.oscillation import Oscillation
from kgrad.signs.series import higher_is_better


class SureAndWrong(EpochSign):
    """Updates that throw the answers from one side to the other.

    Some of what the model says is right, so that it knows more than guessing;
    but its cross-entropy on the training data is worse, by as much as better
    would count as learned. (A model that guesses is worse by its own noise.)
    Then answers are sure and wrong by turns: each batch is learned at the cost
    of the last one. The mean over an epoch does not swing, nor need an
    accuracy.

    Args:
        epochs: Fewest epochs that are looked at, the second half of the run:
            five that are above by chance, as likely as not, are 3 in 100.
    """

    name = "oscillation"
    rule = "sure_and_wrong"
    description = "a training loss that stays above that of guessing"
    rank = Oscillation.rank
    shown_by = ("metric",)
    is_symptom = True
    dated_by = "epoch"
    follows = Oscillation.follows

    def __init__(self, *, epochs: int = 5) -> None:
        require_positive(epochs=epochs)
        self.epochs = epochs

    def examine(self) -> tuple[Finding, ...]:
        """One, of the model, while the last half of the epochs is above."""
        progress = self.state.progress
        name = progress.metric.removeprefix("val_")
        if not higher_is_better(name) or not progress.chance_is_known("loss"):
            return ()
        losses = progress.series("loss")
        half = len(losses) // 2
        late = losses[half:]
        chance = progress.chance("loss")
        above = late > (1 + GUESSING) * chance
        if len(late) < self.epochs or not above.all():
            return ()
        gains = progress.gains(name)[half:]
        if not np.median(gains) > GUESSING:
            return ()
        setup, epochs = progress.setup, progress.epochs
        return (
            self.finding(
                GLOBAL,
                (epochs[half - 1].step + 1, progress.last_step),
                float(late.min()),
                chance,
                f"`loss` stays above that of guessing ({number(chance)}), at "
                f"{number(late[-1])} after {len(losses)} epochs, though "
                f"`{name}` is {number(progress.series(name)[-1])}",
                (
                    remedies.learning_rate(setup, 0.1),
                    remedies.decay_learning_rate(setup, progress.last_step),
                    remedies.larger_batch(setup),
                ),
                details=(
                    "What is wrong is said as surely as what is right: each "
                    "update throws over what the last one learned."
                ),
            ),
        )
