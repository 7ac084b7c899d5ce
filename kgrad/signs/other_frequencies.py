"""Classes that are as frequent in training as they are not in validation."""

from __future__ import annotations

import numpy as np

from kgrad.records import Array, Finding, Plan, TensorSummary
from kgrad.records.numbers import number
from kgrad.remedies import labels
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.checks.base import CLASS_LOSSES, place
from kgrad.signs.checks.sorted_labels import holds_out_sorted
from kgrad.signs.checks.untaught_classes import untaught
from kgrad.signs.data_checks import Labels
from kgrad.signs.metric import Progress
from kgrad.signs.series import series, standard_error

_ERRORS = 5.0
"""Standard errors of a share that no random split is off by."""


class OtherFrequencies(EpochSign):
    """A model that learned how frequent classes are, where they are not so.

    Data that are held out at random have the classes of the others, within
    sqrt(p (1 - p) (1 / n + 1 / m)). Where a class has far more of the training
    labels than of those of validation, what is in doubt is said to be of it,
    and of the others too little was seen. It is told of a model that is much
    worse in validation than on its training data: others may do without.

    Args:
        shift: By how much shares differ, the sum over classes that have more.
        gap: Distance of the two accuracies: as gains they cannot be compared,
            for guessing reaches more where a class is frequent.
        noise: And in standard errors of the one of validation.
        epochs: Epochs before the sign can be seen.
    """

    name = Labels.name
    rule = "other_frequencies"
    description = "classes that are more frequent in training than elsewhere"
    rank = Labels.rank
    shown_by = ("metric",)

    def __init__(
        self,
        *,
        shift: float = 0.2,
        gap: float = 0.2,
        noise: float = 3.0,
        epochs: int = 3,
    ) -> None:
        require_positive(shift=shift, gap=gap, noise=noise, epochs=epochs)
        self.shift, self.gap = shift, gap
        self.noise, self.epochs = noise, epochs

    def examine(self) -> tuple[Finding, ...]:
        """One, of the labels, while validation is behind."""
        progress = self.state.progress
        setup, plan = progress.setup, progress.setup.plan
        name = progress.metric.removeprefix("val_")
        if (
            "acc" not in name.lower()
            or len(setup.outputs) != 1
            or setup.outputs[0].loss not in CLASS_LOSSES
            or plan.class_weight
            or holds_out_sorted(plan)
            or untaught(plan, setup.outputs[0].ignore_class)
            or not self._is_behind(progress, name)
        ):
            return ()
        known, held_out = label_shares(plan)
        if not len(known):
            return ()
        more = known - held_out
        shift = float(more[more > 0].sum())
        which = int(more.argmax())
        if not (shift >= self.shift and more[which] > _error(plan, which)):
            return ()
        epochs = progress.epochs
        counts = TensorSummary(
            "target",
            shape=(sum(plan.label_counts),),
            class_counts=plan.label_counts,
        )
        return (
            self.finding(
                place("y", setup.outputs[0].name),
                (progress.first_step, progress.last_step),
                shift,
                self.shift,
                f"class {which} has {known[which]:.0%} of the training labels "
                f"and {held_out[which]:.0%} of those of validation, where "
                f"`val_{name}` is "
                f"{number(series(epochs, f'val_{name}')[-1])} with `{name}` "
                f"at {number(series(epochs, name)[-1])}",
                (labels.class_weights(counts, max(setup.classes, 2)),),
                details="What is in doubt is said to be of the class that was "
                "frequent. Held out at random, data have the same classes.",
            ),
        )

    def _is_behind(self, progress: Progress, name: str) -> bool:
        """Whether validation is answered far worse than training data."""
        if len(progress.epochs) < self.epochs:
            return False
        seen, unseen = (
            series(progress.epochs, metric)[-1]
            for metric in (name, f"val_{name}")
        )
        error = standard_error(progress.epochs[-1:], f"val_{name}")[0]
        noise = self.noise * np.nan_to_num(error)
        return bool(seen - unseen > max(self.gap, noise))


def label_shares(plan: Plan) -> tuple[Array, Array]:
    """`(classes,)`, of the training labels and of those of validation.

    Empty where either is not known.
    """
    size = max(len(plan.label_counts), len(plan.held_out_counts))
    counts = [
        np.pad(np.array(x, np.float64), (0, size - len(x)))
        for x in (plan.label_counts, plan.held_out_counts)
    ]
    if any(not count.sum() for count in counts):
        return np.empty(0), np.empty(0)
    known, held_out = (count / count.sum() for count in counts)
    return known, held_out


def _error(plan: Plan, which: int) -> float:
    """By how much a random split may be off."""
    n, m = sum(plan.label_counts), sum(plan.held_out_counts)
    both = sum(
        x[which]
        for x in (plan.label_counts, plan.held_out_counts)
        if len(x) > which
    )
    p = both / (n + m)
    return float(_ERRORS * np.sqrt(p * (1 - p) * (1 / n + 1 / m)))
