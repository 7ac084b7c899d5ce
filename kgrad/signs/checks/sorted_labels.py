"""Samples that stand in the order of their classes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import labels
from kgrad.signs.checks.base import CLASS_LOSSES, Check, number, pairs


class SortedLabels(Check):
    """Sorted by class: the last rows are of the last classes only.

    `validation_split` takes the last rows before it shuffles, so that
    validation asks for classes that were never trained on; and batches that
    are not shuffled teach one class after the other. Labels that only change
    seldom, as in a time series, change back.
    """

    name = "sorted_labels"
    sign = "labels"
    description = "samples sorted by their label"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Counts how often a sample has another label than the one before."""
        plan = setup.plan
        held_out = plan.validation_split > 0
        if not held_out and plan.shuffle is not False:
            return
        for pair in pairs(setup, data):
            target = pair.target
            if (
                target is None
                or pair.output.loss not in CLASS_LOSSES
                or math.isnan(target.neighbor_share)
            ):
                continue
            classes = sum(n > 0 for n in target.class_counts)
            rows = target.shape[0]
            runs = 1 + round((1 - target.neighbor_share) * (rows - 1))
            if classes < 2 or runs > 1.5 * classes or rows < 8 * classes:
                continue
            what = (
                f"`validation_split={number(plan.validation_split)}` holds "
                "out the last ones, before anything is shuffled: validation "
                "asks for other classes than those that are trained"
                if held_out
                else "they are not shuffled: each batch teaches one class, "
                "and the next one unlearns it"
            )
            yield self.finding(
                pair.target_name,
                float(runs),
                float(rows),
                f"The {rows} samples are sorted by their label: {classes} "
                f"classes come in {runs} runs, and {what}.",
                labels.shuffled(),
            )
