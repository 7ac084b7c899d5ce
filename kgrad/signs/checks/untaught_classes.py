"""Classes that validation asks for and no training sample has."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Plan, Setup
from kgrad.remedies import labels
from kgrad.signs.checks.base import CLASS_LOSSES, Check, pairs

_BY_CHANCE = 1e-3
"""Chance of a random split that is none any more."""

_SHARE = 0.1
"""Share of the validation labels below which classes are not why it fails."""


class UntaughtClasses(Check):
    """No answer that was never trained can be right.

    All h samples of a class are among n that are held out of N by chance in
    about (n / N)^h of all random splits: a rare class may be, others are not.
    """

    name = "untaught_classes"
    sign = "labels"
    description = "classes that validation has and training does not"
    of_inference = True
    until_solved = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the labels of `fit` with those that are held out."""
        plan = setup.plan
        if len(setup.outputs) != 1 or not plan.label_counts:
            return
        (pair,) = pairs(setup, data)
        if pair.output.loss not in CLASS_LOSSES:
            return
        new = untaught(plan, pair.output.ignore_class)
        if not new:
            return
        count = sum(plan.held_out_counts[k] for k in new)
        total = sum(plan.held_out_counts)
        listed = ", ".join(map(str, new[:5])) + (", ..." if new[5:] else "")
        yield self.finding(
            pair.target_name,
            count / total,
            0.0,
            f"{count:,} of {total:,} validation labels are of classes that no "
            f"training sample has ({listed}): they are never told, so that "
            f"accuracy ends at {1 - count / total:.2f} there.",
            labels.shuffled(),
            labels.both_classes(),
        )


def untaught(plan: Plan, ignored: int | None = None) -> list[int]:
    """Classes that are held out as a whole, not by chance, and count.

    Args:
        plan: How the data are fed.
        ignored: The label that the loss leaves out.
    """
    known, held_out = plan.label_counts, plan.held_out_counts
    if not known or not held_out:
        return []
    total = sum(held_out)
    share = total / (total + sum(known))
    new = [
        k
        for k, n in enumerate(held_out)
        if n
        and k != ignored
        and not any(known[k : k + 1])
        and n * math.log(share) < math.log(_BY_CHANCE)
    ]
    return new if sum(held_out[k] for k in new) >= _SHARE * total else []
