"""Validation data of another kind than the training data."""

from __future__ import annotations

import numpy as np

from kgrad.records import GLOBAL, Finding
from kgrad.remedies import labels
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.metric import (
    GUESSING,
    higher_is_better,
    series,
    standard_error,
)


class ValidationMismatch(EpochSign):
    """Validation never was as good as guessing, from the first epoch on.

    A model that memorizes its training data guesses on others. To be
    significantly worse than that, it must have learned that what it is asked
    for does not occur: rows that are sorted by class, of which the last are
    held out.

    Args:
        epochs: Epochs before the sign can be seen.
        noise: Standard errors below guessing.
    """

    name = "labels"
    rule = "validation_mismatch"
    description = "validation that is worse than guessing from the start"
    rank = 1
    shown_by = ("metric",)

    def __init__(self, *, epochs: int = 2, noise: float = 3.0) -> None:
        require_positive(epochs=epochs, noise=noise)
        self.epochs, self.noise = epochs, noise

    def examine(self) -> tuple[Finding, ...]:
        """One, of the model, while no epoch was as good as guessing."""
        progress = self.state.progress
        name = progress.metric.removeprefix("val_")
        validation = f"val_{name}"
        if not (higher_is_better(name) and progress.chance_is_known(name)):
            return ()
        values = series(progress.epochs, validation)
        errors = standard_error(progress.epochs, validation)
        chance = progress.chance(name)
        known = ~np.isnan(values)
        if np.count_nonzero(known) < self.epochs:
            return ()
        below = values + self.noise * errors < chance
        trained = progress.gains(name)
        if not below[known].all() or not trained[-1] > GUESSING:
            return ()
        split = progress.setup.plan.validation_split
        details = (
            "The model has learned that these answers do not occur: "
            "validation holds other classes, or another kind of data."
        )
        if split:
            details += (
                f" `validation_split={split:g}` holds out the last rows as "
                "they are: shuffle them before."
            )
        return (
            self.finding(
                GLOBAL,
                (progress.first_step, progress.last_step),
                float(np.nanmax(values)),
                chance,
                f"`{validation}` never was as good as guessing "
                f"({chance:.2g}): {values[known][-1]:.2g} after {len(values)} "
                f"epochs, with `{name}` at "
                f"{series(progress.epochs, name)[-1]:.2g}",
                (labels.shuffled(),),
                details=details,
            ),
        )
