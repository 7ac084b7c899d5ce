"""Samples that stand in the order of their classes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Plan, Setup
from kgrad.remedies import labels
from kgrad.signs.checks.base import CLASS_LOSSES, Check, Pair, number, pairs

_RUNS = 1.5
"""Stretches of a class: between the one of sorted samples, of which a few may
be out of place, and the two of one that comes back."""

_ROWS = 8
"""Samples of a class from which their order is none by chance: of two classes,
16 of 12,870 orders have so few stretches; of more, still fewer."""


class SortedLabels(Check):
    """Sorted by class: the last rows are of the last classes only.

    `validation_split` takes the last rows before it shuffles, so that
    validation asks for classes that were never trained on; and batches that
    are not shuffled teach one class after the other. Labels that only change
    seldom, as in a time series, change back: then a class comes twice. A metric
    of training says little: the model knows what class it is being shown.
    """

    name = "sorted_labels"
    sign = "labels"
    description = "samples sorted by their label"
    of_inference = True
    until_solved = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Counts how often a sample has another label than the one before."""
        plan = setup.plan
        held_out = plan.validation_split > 0
        if not held_out and plan.shuffle is not False:
            return
        for pair in pairs(setup, data):
            if pair.output.loss not in CLASS_LOSSES:
                continue
            classes, runs, rows = _order(setup, pair)
            if not _is_sorted(classes, runs, rows):
                continue
            if not held_out and plan.batch_size >= rows:
                # Every batch holds all of them.
                continue
            what = (
                f"`validation_split={number(plan.validation_split)}` holds "
                "out the last ones, before anything is shuffled: validation "
                "asks for other classes than those that are trained"
                f"{_never_trained(plan)}"
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


def holds_out_sorted(plan: Plan) -> bool:
    """Whether the last samples are held out, and known to be sorted."""
    counts = plan.label_counts
    order = _classes(counts), plan.label_runs, sum(counts)
    return plan.validation_split > 0 and _is_sorted(*order)


def _is_sorted(classes: int, runs: int, rows: int) -> bool:
    most, least = _RUNS * classes, _ROWS * classes
    return classes >= 2 and runs <= most and rows >= least


def _order(setup: Setup, pair: Pair) -> tuple[int, int, int]:
    """Classes, stretches of the same class, and samples; 0 if not known.

    Of all samples, where `fit` was given them in an array, or of the batch.
    """
    plan, target = setup.plan, pair.target
    if plan.label_counts and len(setup.outputs) == 1:
        counts = plan.label_counts
        return _classes(counts), plan.label_runs, sum(counts)
    if target is None or math.isnan(target.neighbor_share):
        return 0, 0, 0
    rows = target.shape[0]
    runs = 1 + round((1 - target.neighbor_share) * (rows - 1))
    return _classes(target.class_counts), runs, rows


def _classes(counts: tuple[int, ...]) -> int:
    return sum(n > 0 for n in counts)


def _never_trained(plan: Plan) -> str:
    """How many of the samples held out are of classes that are never shown."""
    known = {k for k, n in enumerate(plan.label_counts) if n}
    total = sum(plan.held_out_counts)
    new = sum(n for k, n in enumerate(plan.held_out_counts) if k not in known)
    return f" ({new} of {total} are of classes that are not)" if new else ""
