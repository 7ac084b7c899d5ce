"""Accuracies that are the majority's share, in training and validation."""

from __future__ import annotations

import numpy as np

from kgrad.records import Finding, Plan, TensorSummary
from kgrad.records.numbers import number
from kgrad.remedies import labels
from kgrad.signs.base import EpochSign, require_positive
from kgrad.signs.checks.base import CLASS_LOSSES, place
from kgrad.signs.checks.guessing import majority_share
from kgrad.signs.data_checks import Labels
from kgrad.signs.guessing import entropy
from kgrad.signs.metric import GUESSING, Progress


class MajorityAnswers(EpochSign):
    """A rare class that is never told, and is not rare in validation.

    Of few rare labels, most batches have none, and those that are sampled may
    never show it. The accuracies of whole epochs do: that of training is the
    share of the most frequent class, and so is that of validation, where it is
    another share. There a model that knows how rare the others were is worse
    than one that guesses.

    Args:
        share: Of the most frequent class in training; less in validation.
        epochs: Epochs that must show it, up to the last.
    """

    name = "labels"
    rule = "majority_answers"
    description = "accuracies that are the share of the most frequent class"
    rank = Labels.rank
    shown_by = ("metric",)

    def __init__(self, *, share: float = 0.75, epochs: int = 3) -> None:
        require_positive(share=share, epochs=epochs)
        self.share, self.epochs = share, epochs

    def examine(self) -> tuple[Finding, ...]:
        """One, of the labels, while the last epochs show it."""
        progress = self.state.progress
        setup, name = progress.setup, progress.metric.removeprefix("val_")
        if (
            "acc" not in name.lower()
            or len(setup.outputs) != 1
            or setup.outputs[0].loss not in CLASS_LOSSES
            or len(progress.epochs) < self.epochs
        ):
            return ()
        known, held_out = _labels(setup.plan)
        share = majority_share(known)
        if not self.share <= share < 1 or not sum(held_out.class_counts) >= 32:
            return ()
        (majority, there) = _of_the_same(known, held_out)
        losses = progress.series("val_loss")[-self.epochs :]
        if (
            not there < self.share
            or not self._is_no_better(progress, name, share)
            or not self._is_no_better(progress, f"val_{name}", there)
            or not (losses > entropy(held_out.class_counts)).all()
        ):
            return ()
        epochs = progress.epochs
        return (
            self.finding(
                place("y", setup.outputs[0].name),
                (epochs[-self.epochs].step, progress.last_step),
                share,
                self.share,
                f"the model says class {majority} of nearly all samples: "
                f"`{name}` is {number(progress.series(name)[-1])}, where "
                f"{share:.1%} of the labels are of it, and `val_{name}` "
                f"{number(progress.series(f'val_{name}')[-1])}, where "
                f"{there:.1%} are",
                (labels.class_weights(known, max(setup.classes, 2)),),
                details="It has learned which class is frequent.",
            ),
        )

    def _is_no_better(
        self, progress: Progress, name: str, share: float
    ) -> bool:
        """Whether the last epochs hardly get more right than the share."""
        values = progress.series(name)[-self.epochs :]
        return bool(np.all(values - share < GUESSING * (1 - share)))


def _labels(plan: Plan) -> tuple[TensorSummary, TensorSummary]:
    """Counts of the labels of training and of validation."""

    def counted(counts: tuple[int, ...]) -> TensorSummary:
        shape = (sum(counts),)
        return TensorSummary("target", shape=shape, class_counts=counts)

    return counted(plan.label_counts), counted(plan.held_out_counts)


def _of_the_same(
    known: TensorSummary, held_out: TensorSummary
) -> tuple[int, float]:
    """The most frequent class of training, and its share in validation."""
    majority = known.class_counts.index(max(known.class_counts))
    count = sum(held_out.class_counts[majority : majority + 1])
    return majority, count / sum(held_out.class_counts)
