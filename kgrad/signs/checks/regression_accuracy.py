"""An accuracy where there are no classes."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import metrics
from kgrad.signs.checks.base import REGRESSION_LOSSES, Check, pairs

_ACCURACIES = frozenset({"acc", "accuracy", "binary_accuracy"})


class RegressionAccuracy(Check):
    """How often prediction and target are the same to the last digit."""

    name = "regression_accuracy"
    sign = "output_and_loss"
    description = "an accuracy of a regression"
    is_hint = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for an accuracy beside a squared error of numbers."""
        for pair in pairs(setup, data):
            target, metrics_ = pair.target, set(pair.output.metrics)
            if (
                target is None
                or pair.output.loss not in REGRESSION_LOSSES
                or not metrics_ & _ACCURACIES
                or target.is_one_hot
                or (
                    target.is_whole
                    and 0 <= target.minimum <= target.maximum <= 1
                )
            ):
                continue
            yield self.finding(
                pair.place,
                1.0,
                0.0,
                "The metric `accuracy` counts predictions that equal their "
                "target: in a regression it says nothing.",
                metrics.mean_absolute_error(),
            )
