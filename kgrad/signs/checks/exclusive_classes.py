"""Classes of which one is right, or several: output, loss and labels."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import (
    DataSummary,
    Finding,
    Remedy,
    Setup,
    TensorSummary,
)
from kgrad.remedies import labels, outputs
from kgrad.signs.checks.base import (
    BINARY_LOSSES,
    CATEGORICAL_LOSSES,
    SPARSE_LOSSES,
    Check,
    Pair,
    may_be_left_out,
    number,
    pairs,
)
from kgrad.signs.checks.crossentropy_of_numbers import asks_for_numbers

_SPARSE = "sparse_categorical_crossentropy"


class OneUnitForClasses(Check):
    """Three classes or more, or a categorical loss, need a unit for each.

    Of one unit, Keras divides p by its sum, p: the loss is always 0, which
    looks like a task that is solved. Sparse labels above 0 have no unit at
    all, and a binary loss of labels above 1 has no lower end.
    """

    name = "one_unit_for_classes"
    sign = "output_and_loss"
    description = "one unit where there is one to choose for each class"
    is_certain = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for one unit under a categorical loss, or of many classes."""
        for pair in pairs(setup, data):
            loss = pair.output.loss
            if pair.units == 1 and loss in CATEGORICAL_LOSSES | SPARSE_LOSSES:
                yield self.finding(
                    pair.place,
                    1.0,
                    2.0,
                    f"The loss `{loss}` chooses among units, one for each "
                    f"class, but the output `{pair.place}` has one unit only.",
                    *_for_one_unit(setup, pair),
                )
            elif pair.target is not None and answers_yes_or_no(pair):
                classes = int(pair.target.maximum) + 1
                yield self.finding(
                    pair.place,
                    1.0,
                    float(classes),
                    f"The labels are of {classes} classes, 0 to {classes - 1}, "
                    f"but the output `{pair.place}` has one unit only, of "
                    f"which `{loss}` asks yes or no.",
                    *_for_one_unit(setup, pair),
                )


def answers_yes_or_no(pair: Pair) -> bool:
    """Whether one unit answers yes or no to labels of more than two classes.

    Labels of one or of every step; pixels have axes more. Two kinds of labels
    only begin with another number than 0.
    """
    target = pair.target
    return (
        target is not None
        and pair.units == 1
        and pair.output.loss in BINARY_LOSSES
        and target.is_whole
        and sum(n > 0 for n in target.class_counts) > 2
        and sum(n > 1 for n in target.shape[1:]) <= 1
    )


def _for_one_unit(setup: Setup, pair: Pair) -> Iterator[Remedy]:
    target = pair.target
    binary = outputs.last_layer(
        setup, pair.output, 1, "sigmoid", "binary_crossentropy"
    )
    if target is None:
        yield binary
    elif not target.is_whole:
        yield outputs.last_layer(setup, pair.output, 1, "", "mse")
    elif target.maximum <= 1:
        yield binary
    else:
        classes = int(target.maximum) + 1
        yield outputs.last_layer(
            setup, pair.output, classes, "softmax", _SPARSE
        )


class RowsNotOneHot(Check):
    """A categorical loss compares distributions: rows that sum to 1.

    Soft labels do, and rows of zeros are padding.
    """

    name = "rows_not_one_hot"
    sign = "labels"
    description = "targets of a categorical loss that are no distributions"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the sums of the rows of the targets."""
        for pair in pairs(setup, data):
            target = pair.target
            if (
                target is None
                or pair.output.loss not in CATEGORICAL_LOSSES
                or len(target.shape) < 2
                or pair.units < 2
                or target.shape[-1] != pair.units
                or asks_for_numbers(pair)
                or _has_several(target)
            ):
                continue
            low, high = target.row_sum_minimum, target.row_sum_maximum
            slack = _rounding(pair.units)
            # A row of zeros adds nothing to the loss, masked or not.
            at_steps = len(target.shape) > 2
            may_be_padded = at_steps or may_be_left_out(setup, data, target)
            padded = low == 0 and (
                (target.is_whole and high == 1)
                or (may_be_padded and abs(high - 1) < slack)
            )
            sums_to_one = low > 1 - slack and high < 1 + slack
            if target.minimum >= -1e-6 and (padded or sums_to_one):
                continue
            yield self.finding(
                pair.target_name,
                high,
                1.0,
                f"The loss `{pair.output.loss}` expects rows that sum to 1, "
                f"one class each, but those of the targets sum to between "
                f"{number(low)} and {number(high)}.",
                outputs.last_layer(setup, pair.output, pair.units, "", "mse"),
            )


def _rounding(units: int) -> float:
    """How far rows may sum from 1 that were rounded to two digits.

    Each of K entries is off by up to 0.005, with a standard deviation of
    0.005 / sqrt(3); five of those of the sum are not seen in a million rows.
    """
    return 5 * 0.005 * math.sqrt(units / 3)


class SoftmaxOfSeveral(Check):
    """A softmax shares 1 among its units: it cannot say yes twice.

    Nor can a categorical loss hear it, which divides the outputs by their sum.
    """

    name = "softmax_of_several"
    sign = "output_and_loss"
    description = "a softmax where several labels are right at once"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for rows of more than one 1."""
        for pair in pairs(setup, data):
            target = pair.target
            if (
                target is None
                or pair.units < 2
                or target.shape[-1:] != (pair.units,)
                or not _has_several(target)
            ):
                continue
            loss, softmax = pair.output.loss, pair.output.activation
            if loss in CATEGORICAL_LOSSES:
                why, needed = f"`{loss}` chooses one of", "binary_crossentropy"
            elif loss in BINARY_LOSSES and softmax == "softmax":
                why, needed = "its softmax shares 1 among", ""
            else:
                continue
            yield self.finding(
                pair.place,
                target.row_sum_maximum,
                1.0,
                f"Up to {number(target.row_sum_maximum)} labels of a sample "
                f"are right at once, but of `{pair.place}` {why} all "
                f"{pair.units} units.",
                outputs.last_layer(
                    setup, pair.output, pair.units, "sigmoid", needed
                ),
            )


def _has_several(target: TensorSummary) -> bool:
    """Whether the targets are rows of zeros and ones, some with several."""
    return (
        target.is_whole
        and 0 <= target.minimum <= target.maximum <= 1
        and target.row_sum_maximum > 1
    )


class SparseOrOneHot(Check):
    """One-hot rows for a sparse loss, or whole labels for a categorical one."""

    name = "sparse_or_one_hot"
    sign = "labels"
    description = "one-hot rows where whole labels are meant, or the reverse"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the axes of the targets."""
        for pair in pairs(setup, data):
            target, loss, units = pair.target, pair.output.loss, pair.units
            if target is None or units < 2:
                continue
            axes = len(pair.prediction.shape) if pair.prediction else 0
            if (
                loss in SPARSE_LOSSES
                and target.is_one_hot
                and target.shape[-1] == units
                and axes in (0, len(target.shape))
            ):
                yield self.finding(
                    pair.target_name,
                    float(target.shape[-1]),
                    1.0,
                    f"The loss `{loss}` expects labels from 0 to "
                    f"{units - 1}, but the targets are one-hot rows of "
                    f"{target.shape[-1]}.",
                    outputs.other_loss(
                        setup,
                        "categorical_crossentropy",
                        "it compares rows with rows",
                    ),
                )
            column = len(target.shape) == axes and target.shape[-1] == 1
            if (
                loss in CATEGORICAL_LOSSES
                and axes
                and (column or len(target.shape) == axes - 1)
            ):
                yield self.finding(
                    pair.target_name,
                    1.0,
                    float(units),
                    f"The loss `{loss}` expects one-hot rows of {units}, but "
                    "the targets are single numbers.",
                    outputs.other_loss(
                        setup, _SPARSE, "it takes labels as they are"
                    ),
                    labels.one_hot(units),
                )
