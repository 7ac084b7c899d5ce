"""Labels for which the model has no output."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import (
    DataSummary,
    Finding,
    Output,
    Remedy,
    Setup,
    TensorSummary,
)
from kgrad.remedies import labels, outputs
from kgrad.signs.checks.base import (
    BINARY_LOSSES,
    SPARSE_LOSSES,
    Check,
    Pair,
    may_be_left_out,
    number,
    pairs,
)
from kgrad.signs.checks.crossentropy_of_numbers import (
    OVERSHOT,
    asks_for_numbers,
)
from kgrad.signs.checks.exclusive_classes import answers_yes_or_no

_HINGES = frozenset({"hinge", "squared_hinge"})


class LabelRange(Check):
    """Sparse labels lie in 0 to K-1, probabilities in 0 to 1.

    On a GPU and under XLA a label beyond gives NaN in the first step, on the
    CPU an error, and a cross-entropy of numbers above 1 has no lower end. A
    label that the loss was told to ignore is none.
    """

    name = "label_range"
    sign = "labels"
    description = "labels outside the range of the outputs"
    in_any_batch = True
    is_certain = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the labels with the number of units."""
        for pair in pairs(setup, data):
            target, loss = pair.target, pair.output.loss
            if target is None or math.isnan(target.maximum):
                continue
            if asks_for_numbers(pair) or answers_yes_or_no(pair):
                # It is not the labels that are wrong.
                continue
            if loss in SPARSE_LOSSES and pair.units > 1:
                if _beyond(pair, target):
                    yield self._sparse(setup, pair, target)
                continue
            lowest = 0.0 if loss in BINARY_LOSSES else -1.0
            binary = loss in BINARY_LOSSES or loss in _HINGES
            padded = may_be_left_out(setup, data, target)
            if binary and not padded and _outside(target, lowest, 1.0):
                yield self._binary(setup, pair, target)

    def _sparse(
        self, setup: Setup, pair: Pair, target: TensorSummary
    ) -> Finding:
        beyond = target.maximum >= pair.units
        said = (
            f"label {target.maximum:.0f} has none"
            if beyond
            else f"label {target.minimum:.0f} is below the first"
        )
        return self.finding(
            pair.target_name,
            target.maximum if beyond else target.minimum,
            pair.units - 1.0 if beyond else 0.0,
            f"The labels reach from {target.minimum:.0f} to "
            f"{target.maximum:.0f}, but the {pair.units} outputs of "
            f"`{pair.place}` stand for 0 to {pair.units - 1}: {said}.",
            *for_sparse(
                setup,
                pair.output,
                pair.units,
                target.minimum,
                target.maximum,
            ),
        )

    def _binary(
        self, setup: Setup, pair: Pair, target: TensorSummary
    ) -> Finding:
        beyond = target.maximum > 1
        return self.finding(
            pair.target_name,
            target.maximum if beyond else target.minimum,
            1.0 if beyond else 0.0,
            f"The loss `{pair.output.loss}` expects targets from 0 to 1, but "
            f"they reach from {number(target.minimum)} to "
            f"{number(target.maximum)}.",
            *_for_binary(setup, pair, target),
        )


def _outside(target: TensorSummary, low: float, high: float) -> bool:
    slack = 1e-3 if target.is_whole else OVERSHOT
    return target.minimum < low - slack or target.maximum > high + slack


def _beyond(pair: Pair, target: TensorSummary) -> bool:
    """Whether a label that counts has no output; one-hot rows are no labels."""
    if not target.is_whole or (
        target.is_one_hot and target.shape[-1] == pair.units
    ):
        return False
    ignored = pair.output.ignore_class
    return (target.maximum >= pair.units and target.maximum != ignored) or (
        target.minimum < 0 and target.minimum != ignored
    )


def for_sparse(
    setup: Setup, output: Output, units: int, lowest: float, highest: float
) -> Iterator[Remedy]:
    """What brings labels, and the outputs that stand for them, together."""
    if lowest != 0 and highest - lowest < units:
        yield labels.labels_from_zero(lowest)
    if highest >= units and highest < 10_000:
        yield outputs.last_layer(setup, output, int(highest) + 1, "softmax")
    if lowest < 0:
        yield outputs.ignored_label(setup, int(lowest))


def _for_binary(
    setup: Setup, pair: Pair, target: TensorSummary
) -> Iterator[Remedy]:
    lowest, highest = target.minimum, target.maximum
    if (lowest, highest) == (-1.0, 1.0):
        yield labels.labels_to_binary(-1, 1)
    elif highest - lowest == 1:
        yield labels.labels_from_zero(lowest)
    elif highest == 255:
        yield labels.labels_to_binary(0, 255)
    elif target.is_whole and lowest >= 0 and pair.units == 1 < highest < 1000:
        yield outputs.last_layer(
            setup,
            pair.output,
            int(highest) + 1,
            "softmax",
            "sparse_categorical_crossentropy",
        )
    else:
        yield outputs.last_layer(setup, pair.output, pair.units, "", "mse")


class LabelsNotWhole(Check):
    """A sparse label is the number of a class.

    One that was divided by 255 together with the pixels is class 0 for every
    sample, since Keras drops what is behind the point.
    """

    name = "labels_not_whole"
    sign = "labels"
    description = "labels that are no whole numbers"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for a fraction among sparse labels."""
        for pair in pairs(setup, data):
            target = pair.target
            if (
                target is None
                or pair.output.loss not in SPARSE_LOSSES
                or target.is_whole
                or math.isnan(target.maximum)
            ):
                continue
            yield self.finding(
                pair.target_name,
                target.maximum,
                pair.units - 1.0,
                "The labels are no whole numbers: they reach from "
                f"{number(target.minimum)} to {number(target.maximum)}, and "
                f"`{pair.output.loss}` expects classes from 0 to "
                f"{pair.units - 1}.",
                *_for_fractions(setup, pair, target),
            )


def _for_fractions(
    setup: Setup, pair: Pair, target: TensorSummary
) -> Iterator[Remedy]:
    highest = max(target.maximum, 1e-12)
    factor = (pair.units - 1) / highest
    if target.minimum >= 0 and highest < pair.units - 1:
        for usual in (255.0, 256.0, float(pair.units - 1), pair.units + 0.0):
            if abs(factor / usual - 1) < 0.01:
                yield labels.whole_labels(usual)
                return
    if highest <= pair.units - 1 and target.minimum >= 0:
        yield labels.whole_labels(0.0)
    yield outputs.last_layer(setup, pair.output, 1, "", "mse")
