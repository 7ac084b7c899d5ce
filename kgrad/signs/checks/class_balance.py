"""How often each class occurs."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Plan, Setup, TensorSummary
from kgrad.remedies import labels
from kgrad.remedies.behavior import find_the_cut
from kgrad.signs.checks.base import CLASS_LOSSES, Check, Pair, pairs
from kgrad.signs.checks.guessing import guessing_loss, majority_share

_LABELS = 32
"""Labels from which a share is known to a tenth, by 1 / sqrt(n) or less."""


class OneClassOnly(Check):
    """With one class there is nothing to tell apart.

    A batch may have one class by chance: of independent labels of which 2 %
    are of another class, 256 are all alike in 6 of 1,000 batches.

    Args:
        samples: Fewest labels from which a batch can say so. Of all data
            together, of which `fit` was given an array, twenty can.
    """

    name = "one_class_only"
    sign = "labels"
    description = "labels that are all of one class"

    def __init__(self, *, samples: int = 256) -> None:
        self.samples = samples

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for a single class among the labels."""
        for pair in pairs(setup, data):
            target = pair.target
            if target is None or not _has_classes(pair):
                continue
            counts, count = target.class_counts, _independent(target)
            whole = count == setup.plan.samples >= 20
            if setup.plan.label_counts and len(setup.outputs) == 1:
                counts = setup.plan.label_counts
                count = sum(counts)
                whole = count >= 20
            present = [k for k, n in enumerate(counts) if n]
            if len(present) != 1 or (count < self.samples and not whole):
                continue
            yield self.finding(
                pair.target_name,
                1.0,
                2.0,
                f"All {count} labels are {present[0]}: with one class only, "
                "the model learns to say it always.",
                labels.both_classes(),
                labels.shuffled(),
            )


def _has_classes(pair: Pair) -> bool:
    """Whether the targets are labels of exclusive classes."""
    target, loss = pair.target, pair.output.loss
    assert target is not None
    many = len(target.shape) > 1 and target.shape[-1] > 1
    return (
        loss in CLASS_LOSSES
        and bool(target.class_counts)
        and (target.is_one_hot or not (many and "binary" in loss))
    )


def _independent(target: TensorSummary) -> int:
    """Labels that can count as independent: one a sample."""
    return target.shape[0] if target.shape else 0


class ClassImbalance(Check):
    """An accuracy as high as the majority's share is no achievement.

    Whether a model says more than the majority is seen in training only.

    Args:
        share: Of the most frequent class. Healthy: any, if the rare classes
            are learned.
    """

    name = "class_imbalance"
    sign = "labels"
    description = "one class that is most of the labels"
    is_hint = True

    def __init__(self, *, share: float = 0.9) -> None:
        self.share = share

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the share of the most frequent class."""
        for pair in pairs(setup, data):
            target = pair.target
            if target is None or not _has_classes(pair):
                continue
            share = majority_share(target)
            if not self.share <= share < 1 or sum(target.class_counts) < 64:
                continue
            yield self.finding(
                pair.target_name,
                share,
                self.share,
                f"{share:.0%} of the labels are of one class, "
                f"{target.class_counts.index(max(target.class_counts))}: "
                "always saying it reaches that accuracy, so that chance is "
                f"{share:.2f}.",
                labels.class_weights(target, max(pair.units, 2)),
            )


class SameAnswer(Check):
    """A trained model that gives every sample the same answer, to the digit.

    Where nothing can be foreseen, answers come to differ by little; to differ
    by nothing, a layer on the way must be dead. A new model may begin so, with
    a last kernel of zeros, but not stay so.
    """

    name = "same_answer"
    sign = "behavior"
    description = "predictions that do not depend on the inputs"
    needs_training = True
    from_the_first = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the spread of predictions between samples."""
        inputs = data.of("input")
        if not inputs or not any(x.sample_spread > 0 for x in inputs):
            return
        for pair in pairs(setup, data):
            target, said = pair.target, pair.prediction
            if (
                target is None
                or said is None
                or not target.sample_spread > 0
                or said.nonfinite
                or said.shape[0] < 8
            ):
                continue
            size = max(abs(said.minimum), abs(said.maximum))
            if said.sample_spread <= 1e-7 * size:
                yield self.finding(
                    pair.place,
                    said.sample_spread,
                    1e-7 * size,
                    f"The output `{pair.place}` is the same for all "
                    f"{said.shape[0]} samples of the batch, though inputs and "
                    "targets differ: a layer on the way is dead.",
                    find_the_cut(),
                )


class MajorityOnly(Check):
    """The model says the most frequent class of every sample.

    It is told of a model that has been trained for a while: before, any model
    may say one class only. The labels must be out of balance, and the labels
    of the batch differ, so that there was something to say. Of rare classes, a
    model that knows which samples are likelier may be sure of none: its
    cross-entropy is below that of always saying how frequent each class is.
    That is no excuse where validation has the rare classes more often: there
    the model is wrong, however well it knows how rare they were in training. A
    training accuracy that is half of the way from the majority's share to 1
    cannot be had without the rare classes: this batch had too few of them.

    Args:
        share: Of the most frequent class among the labels.
        gain: Part of that cross-entropy by which more than frequencies are
            known.
    """

    name = "majority_only"
    sign = "labels"
    description = "predictions that are all of the most frequent class"
    needs_training = True
    of_metric = True

    def __init__(self, *, share: float = 0.75, gain: float = 0.1) -> None:
        self.share, self.gain = share, gain

    def can_tell(self, setup: Setup, data: DataSummary) -> bool:
        """Whether the batch has labels of several classes."""
        return any(
            sum(n > 0 for n in target.class_counts) > 1
            for target in data.of("target")
        )

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares counts of predicted with counts of true classes."""
        plan = setup.plan
        for pair in pairs(setup, data):
            target, said = pair.target, pair.prediction
            if target is None or said is None or not _has_classes(pair):
                continue
            share = majority_share(target)
            majority = target.class_counts.index(max(target.class_counts))
            total = sum(said.class_counts)
            if (
                not self.share <= share < 1
                or total < _LABELS
                or len(said.class_counts) <= majority
                or said.class_counts[majority] < total
                or not (
                    plan.class_weight
                    or self._is_rarer_there(plan, majority)
                    or not self._may_know_more(setup, data, pair)
                )
            ):
                continue
            yield self.finding(
                pair.target_name,
                share,
                self.share,
                f"The model says class {majority} of all {total} labels of "
                f"the batch, and {share:.0%} of them are: it has learned "
                "which class is frequent, and nothing else.",
                labels.class_weights(target, max(pair.units, 2)),
            )

    def _is_rarer_there(self, plan: Plan, majority: int) -> bool:
        """Whether validation is not out of balance as training is."""
        held_out = plan.held_out_counts
        share = sum(held_out[majority : majority + 1]) / max(sum(held_out), 1)
        return sum(held_out) >= _LABELS and share < self.share

    def _may_know_more(
        self, setup: Setup, data: DataSummary, pair: Pair
    ) -> bool:
        """Whether the loss is less, or has other parts that hide it."""
        if "focal" in pair.output.loss:
            # It is below the entropy whatever is known.
            return False
        level = guessing_loss(pair)
        if len(setup.outputs) > 1 or setup.adds_losses or math.isnan(level):
            return True
        for weight in data.of("sample_weight"):
            level *= weight.mean
        return data.loss < (1 - self.gain) * level
