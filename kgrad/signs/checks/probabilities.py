"""A cross-entropy that gets what it does not expect."""

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
from kgrad.remedies import outputs
from kgrad.signs.checks.base import (
    BINARY_LOSSES,
    CATEGORICAL_LOSSES,
    CLASS_LOSSES,
    REGRESSION_LOSSES,
    SPARSE_LOSSES,
    Check,
    Pair,
    number,
    pairs,
)
from kgrad.signs.checks.bounds import PROBABILITIES


class NoProbabilities(Check):
    """A cross-entropy takes the logarithm of outputs that can be negative.

    Keras clips them to 1e-7, where there is no slope. It is told from the
    predictions where there are any: a layer of the reader's own can end in
    a softmax that nobody sees.
    """

    name = "no_probabilities"
    sign = "output_and_loss"
    description = "a cross-entropy of outputs that are no probabilities"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for predictions outside [0, 1]."""
        for pair in pairs(setup, data):
            output = pair.output
            if (
                output.loss not in CLASS_LOSSES
                or output.from_logits is not False
                or not _is_no_probability(pair)
            ):
                continue
            said = pair.prediction
            reach = (
                f" They reach from {number(said.minimum)} to "
                f"{number(said.maximum)}."
                if said
                else ""
            )
            last = output.activation or "linear"
            yield self.finding(
                pair.place,
                said.minimum if said else -1.0,
                0.0,
                f"The loss `{output.loss}` expects probabilities, but the "
                f"outputs of `{pair.place}` are none: the last activation is "
                f"`{last}`.{reach}",
                *_remedies(setup, pair),
            )


def _is_no_probability(pair: Pair) -> bool:
    said, last = pair.prediction, pair.output.activation
    if said is None or said.nonfinite:
        return last not in PROBABILITIES | {"exponential", ""}
    beyond = said.minimum < -1e-6 or said.maximum > 1 + 1e-3
    sums_to_one = said.row_sum_maximum < 1.01 and said.row_sum_minimum > 0.99
    return beyond or (last == "relu" and not (pair.units > 1 and sums_to_one))


def _remedies(setup: Setup, pair: Pair) -> Iterator[Remedy]:
    loss, units = pair.output.loss, pair.units
    target = pair.target
    if (
        target is not None
        and target.shape
        and not target.is_whole
        and not 0 <= target.minimum <= target.maximum <= 1
    ):
        yield outputs.other_loss(
            setup, "mse", "numbers are compared as numbers"
        )
        return
    if loss in BINARY_LOSSES or units > 1:
        if pair.output.activation in ("linear", ""):
            yield outputs.loss_with_logits(setup, loss)
        kind = "sigmoid" if loss in BINARY_LOSSES else "softmax"
        yield outputs.last_layer(setup, pair.output, units, kind)
        return
    yield outputs.last_layer(
        setup, pair.output, 1, "sigmoid", "binary_crossentropy"
    )


class LogitsTwice(Check):
    """Probabilities that the loss takes for logits.

    They lie in [0, 1], where a second softmax is nearly flat: the loss cannot
    fall far. A custom loss that gets logits knows what it gets, and is silent.
    """

    name = "logits_twice"
    sign = "output_and_loss"
    description = "probabilities that the loss takes for logits"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for `from_logits=True` behind a softmax or a sigmoid."""
        for pair in pairs(setup, data):
            output, said = pair.output, pair.prediction
            if (
                output.loss not in CLASS_LOSSES
                or output.from_logits is not True
                or output.activation not in PROBABILITIES
                or (said and not 0 <= said.minimum <= said.maximum <= 1.001)
            ):
                continue
            yield self.finding(
                pair.place,
                1.0,
                0.0,
                f"The loss `{output.loss}` was told `from_logits=True`, but "
                f"`{pair.place}` ends in a {output.activation}: its outputs "
                "are probabilities already.",
                outputs.no_activation(setup, output),
                outputs.loss_with_logits(setup, output.loss, from_logits=False),
            )


class ProbabilitiesAsLogits(Check):
    """A softmax by hand, and a loss that makes one more.

    Keras does not know it, as it knows its own, of which it takes the logits.
    Logits of many samples do not all sum to 1. Of p in [0, 1], the second
    softmax gives the right one of K classes at most 1 / (1 + (K - 1) / e): the
    loss stays high, even where the largest is the right one.
    """

    name = "probabilities_as_logits"
    sign = "output_and_loss"
    description = "rows that sum to 1 and are taken for logits"
    is_certain = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the sums of the predictions under `from_logits=True`."""
        for pair in pairs(setup, data):
            output, said = pair.output, pair.prediction
            if (
                said is None
                or output.loss not in CATEGORICAL_LOSSES | SPARSE_LOSSES
                or output.from_logits is not True
                or output.activation in PROBABILITIES
                or pair.units < 2
                or said.shape[0] < 8
                or not _are_distributions(said)
            ):
                continue
            least = math.log1p((pair.units - 1) / math.e)
            yield self.finding(
                pair.place,
                said.row_sum_maximum,
                1.0,
                f"The loss `{output.loss}` was told `from_logits=True`, but "
                f"the {pair.units} outputs of `{pair.place}` sum to 1 for "
                "every sample: they are probabilities already. The loss "
                f"cannot fall below {number(least)}.",
                outputs.loss_with_logits(setup, output.loss, from_logits=False),
                outputs.no_activation(setup, output),
            )


def _are_distributions(said: TensorSummary) -> bool:
    return (
        0 <= said.minimum <= said.maximum <= 1 + 1e-3
        and said.row_sum_minimum > 1 - 1e-3
        and said.row_sum_maximum < 1 + 1e-3
    )


class SquaredErrorOfClasses(Check):
    """A squared error of class probabilities: it learns, but slowly."""

    name = "squared_error_of_classes"
    sign = "output_and_loss"
    description = "a squared error for labels"
    is_hint = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for one-hot rows or 0 and 1 behind a softmax or sigmoid."""
        for pair in pairs(setup, data):
            output, target = pair.output, pair.target
            if (
                target is None
                or output.loss not in REGRESSION_LOSSES
                or output.activation not in PROBABILITIES
                or not target.class_counts
                or len(target.class_counts) > max(pair.units, 2)
            ):
                continue
            binary = pair.units == 1 or not target.is_one_hot
            loss = "binary" if binary else "categorical"
            yield self.finding(
                pair.place,
                float(len(target.class_counts)),
                2.0,
                f"`{output.loss}` of a {output.activation} is flat where the "
                "model is sure and wrong: a cross-entropy learns labels "
                "faster.",
                outputs.other_loss(
                    setup,
                    f"{loss}_crossentropy",
                    "its slope is largest where the model is sure and wrong",
                ),
            )
