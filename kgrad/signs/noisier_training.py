"""Training data that hold more noise than those of validation."""

from __future__ import annotations

import math

import numpy as np

from kgrad.records import Finding, Plan, Setup
from kgrad.records.numbers import number
from kgrad.remedies import check_labels, plans
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.checks.base import CLASS_LOSSES, place
from kgrad.signs.data_checks import Labels
from kgrad.signs.metric import GUESSING, LEARNED, SOLVED, Progress
from kgrad.signs.other_frequencies import label_shares
from kgrad.signs.series import series

_HARDER = ("Dropout", "Noise", "Normalization", "Random", "Mix", "Cut")
"""Parts of the names of layers that make training harder than inference."""

_RESTS = 0.25
"""Part of the distance, more than which is no mean of an epoch that lags."""


class NoisierTraining(EpochSign):
    """Validation is answered far better than training, and stays so.

    What was trained on is known at least as well as anything else, but for
    three reasons: layers that do something else in training; the mean over an
    epoch, which lags while a model learns; and labels or inputs with errors in
    them, which validation does not have. Of models without such layers, at
    rest, and of data that come as arrays, which nothing augments on the way,
    the last one is left. The errors cost something where the task is not
    solved.

    Args:
        gap: Distance of the two accuracies, as part of the way to perfect.
        noise: And in its standard errors.
        epochs: Epochs before the sign can be seen; the second half counts.
    """

    name = Labels.name
    rule = "noisier_training"
    description = "training data with more errors than those of validation"
    rank = Labels.rank
    shown_by = ("metric",)

    def __init__(
        self, *, gap: float = 0.15, noise: float = 4.0, epochs: int = 4
    ) -> None:
        require_positive(gap=gap, noise=noise, epochs=epochs)
        self.gap, self.noise, self.epochs = gap, noise, epochs

    def examine(self) -> tuple[Finding, ...]:
        """One, of the labels, while training is behind."""
        progress = self.state.progress
        setup, name = progress.setup, progress.metric.removeprefix("val_")
        if (
            "acc" not in name.lower()
            or len(progress.epochs) < self.epochs
            or len(setup.outputs) != 1
            or setup.outputs[0].loss not in CLASS_LOSSES
            or not setup.plan.samples
            or _is_harder(setup)
            or _differs(setup.plan)
            or not self._is_behind(progress, name)
        ):
            return ()
        epochs = progress.epochs
        seen, unseen = (
            series(epochs, metric)[-1] for metric in (name, f"val_{name}")
        )
        return (
            self.finding(
                place("y", setup.outputs[0].name),
                (progress.first_step, progress.last_step),
                float(unseen - seen),
                self.gap * progress.distance(name),
                f"`{name}` stays at {number(seen)}, far below "
                f"`val_{name}` at {number(unseen)}",
                (plans.evaluate_training(), check_labels()),
                details="No layer makes training harder than inference: labels "
                "or inputs of the training data have errors that validation "
                "does not have. If `evaluate` is as good on the training data "
                "as in validation, something else makes training harder.",
            ),
        )

    def _is_behind(self, progress: Progress, name: str) -> bool:
        """Whether training is at rest, and far below validation."""
        metrics = name, f"val_{name}"
        half = len(progress.epochs) // 2
        seen, unseen = (progress.gains(metric) for metric in metrics)
        errors = [progress.standard_error(x)[-1] for x in metrics]
        noise = self.noise * math.hypot(*errors) / progress.distance(name)
        apart = (unseen - seen)[half:]
        moved = abs(seen[-1] - seen[-2])
        return bool(
            seen[-1] > GUESSING
            and LEARNED <= unseen[-1] < SOLVED
            and np.all(apart > max(self.gap, noise))
            and moved < _RESTS * apart[-1]
        )


def _is_harder(setup: Setup) -> bool:
    """Whether a layer does something else, or more, in training."""
    return any(
        any(part in layer.class_name for part in _HARDER)
        or layer.arguments.get("dropout")
        or layer.arguments.get("recurrent_dropout")
        for layer in setup.layers
        if not layer.class_name.startswith("Layer")
    )


def _differs(plan: Plan) -> bool:
    """Whether validation has other classes, which may be easier ones."""
    known, held_out = label_shares(plan)
    return bool(np.abs(known - held_out).sum() / 2 > GUESSING)
