"""A layer that walks along the batch instead of time."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import behavior as advice
from kgrad.signs.checks.base import Check


class BatchAsTime(Check):
    """Each sample is answered by what happens to stand before it.

    What was learned of one order of the samples does not hold in another.
    """

    name = "batch_as_time"
    sign = "behavior"
    description = "a layer that takes the batch for time"
    until_solved = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at what the shapes of the model say."""
        if not setup.batch_as_time:
            return
        first, *more = setup.batch_as_time
        others = f", and {len(more)} others as well" if more else ""
        yield self.finding(
            first,
            float(len(setup.batch_as_time)),
            0.0,
            f"`{first}` takes the batch for time{others}: the first axis of "
            "its inputs has a fixed length, and the second is the batch, so "
            "that it walks from sample to sample. Were the axes in order, "
            "the first one would have no length.",
            advice.keep_the_batch_axis(),
        )
