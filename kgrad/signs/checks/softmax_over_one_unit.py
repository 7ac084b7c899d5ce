"""A softmax that has nothing to choose from."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import (
    DataSummary,
    Finding,
    Output,
    Remedy,
    Setup,
    TensorSummary,
)
from kgrad.remedies import outputs
from kgrad.remedies.code import together
from kgrad.signs.checks.base import CLASS_LOSSES, Check, pairs
from kgrad.signs.checks.input_scale import to_scale


class SoftmaxOverOneUnit(Check):
    """exp(z) / exp(z) = 1, whatever the input.

    A softmax along another axis, such as attention weights over time, gives
    more than ones: it is told from the predictions.
    """

    name = "softmax_over_one_unit"
    sign = "output_and_loss"
    description = "a softmax over one unit, which is always 1"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at the activation, and whether all predictions are 1."""
        for pair in pairs(setup, data):
            if pair.output.activation != "softmax" or pair.units != 1:
                continue
            said = pair.prediction
            if said and (said.minimum < 1 or said.maximum > 1):
                continue
            remedy = together(
                _remedy(setup, pair.output, pair.target), *to_scale(setup, data)
            )
            yield self.finding(
                pair.place,
                1.0,
                2.0,
                f"The output `{pair.place}` is a softmax over one unit: it "
                "is 1 for every sample, whatever the weights. A softmax "
                "needs a unit for each class.",
                remedy,
            )


def _remedy(
    setup: Setup, output: Output, target: TensorSummary | None
) -> Remedy:
    if target is None:
        return outputs.last_layer(setup, output, 1, "sigmoid")
    binary = target.minimum >= 0 and target.maximum <= 1
    if binary and (target.is_whole or output.loss in CLASS_LOSSES):
        return outputs.last_layer(
            setup, output, 1, "sigmoid", "binary_crossentropy"
        )
    if target.class_counts and output.loss in CLASS_LOSSES:
        return outputs.last_layer(
            setup,
            output,
            len(target.class_counts),
            "softmax",
            "sparse_categorical_crossentropy",
        )
    return outputs.last_layer(setup, output, 1)
