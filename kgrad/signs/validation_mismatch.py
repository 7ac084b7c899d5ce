"""Validation data of another kind than the training data."""

from __future__ import annotations

import numpy as np

from kgrad.records import GLOBAL, Finding
from kgrad.records.numbers import number
from kgrad.remedies import labels
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.checks.sorted_labels import holds_out_sorted
from kgrad.signs.checks.untaught_classes import untaught
from kgrad.signs.first_epoch import (
    FORESEEN,
    foresees_training_only,
    guessing_elsewhere,
)
from kgrad.signs.metric import GUESSING, Progress
from kgrad.signs.series import higher_is_better


class ValidationMismatch(EpochSign):
    """Validation was never learned, from the first epoch on.

    A model that memorizes its training data guesses on others. To be
    significantly worse than that, it must have learned that what it is asked
    for does not occur: rows that are sorted by class, of which the last are
    held out.

    Nor can it memorize in the first epoch, in which it sees every sample for
    the first time: what it gets right there it has foreseen, as it would
    validation data of the same kind. BatchNormalization, which does something
    else in inference, can be another reason: of models that have one, this is
    not told.

    Args:
        epochs: Epochs before the sign can be seen.
        noise: Standard errors below guessing, or below the first epoch.
        foreseen: Gain on the training data of the first epoch.
    """

    name = "labels"
    rule = "validation_mismatch"
    description = "validation that was never learned from the start"
    rank = 1
    shown_by = ("metric",)

    def __init__(
        self,
        *,
        epochs: int = 2,
        noise: float = 3.0,
        foreseen: float = FORESEEN,
    ) -> None:
        require_positive(epochs=epochs, noise=noise, foreseen=foreseen)
        self.epochs, self.noise, self.foreseen = epochs, noise, foreseen

    def examine(self) -> tuple[Finding, ...]:
        """One, of the model, while no epoch was as good as guessing."""
        progress = self.state.progress
        name = progress.metric.removeprefix("val_")
        validation = f"val_{name}"
        if not (higher_is_better(name) and progress.chance_is_known(name)):
            return ()
        plan = progress.setup.plan
        if holds_out_sorted(plan) or untaught(plan):
            # Which is told with the labels themselves.
            return ()
        values = progress.series(validation)
        errors = progress.standard_error(validation)
        chance = guessing_elsewhere(progress, name)
        known = ~np.isnan(values)
        if np.count_nonzero(known) < self.epochs:
            return ()
        if not progress.gains(name)[-1] > GUESSING:
            return ()
        below = values + self.noise * errors < chance
        if below[known].all():
            said = f"never was as good as guessing ({number(chance)})"
            why = (
                "The model has learned that these answers do not occur: "
                "validation holds other classes, or another kind of data."
            )
        elif not _normalizes(progress) and foresees_training_only(
            progress, name, self.noise, self.foreseen
        ):
            first = number(progress.series(name)[0])
            said = f"never left the level of guessing ({number(chance)})"
            why = (
                f"In the first epoch, `{name}` was {first} on samples that the "
                "model had not seen before, so that it has not learned them "
                "by heart: validation holds other classes, or another kind of "
                "data. If it did not, training data that are held out at "
                "random would be answered as badly."
            )
        else:
            return ()
        split = progress.setup.plan.validation_split
        if split:
            why += (
                f" `validation_split={split:g}` holds out the last rows as "
                "they are: shuffle them before."
            )
        return (
            self.finding(
                GLOBAL,
                (progress.first_step, progress.last_step),
                float(np.nanmax(values)),
                chance,
                f"`{validation}` {said}: {number(values[known][-1])} after "
                f"{len(values)} epochs, with `{name}` at "
                f"{number(progress.series(name)[-1])}",
                (labels.shuffled(),),
                details=why,
            ),
        )


def _normalizes(progress: Progress) -> bool:
    """Whether inference does something else than training on purpose."""
    return bool(progress.setup.plan.batchnorm_momentum) or any(
        layer.class_name.startswith("BatchNormalization")
        for layer in progress.setup.layers
    )
