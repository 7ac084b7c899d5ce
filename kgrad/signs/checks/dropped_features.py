"""Features that are cut off before any layer reads them."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import behavior as advice
from kgrad.signs.checks.base import Check


class DroppedFeatures(Check):
    """An index that passes on fewer than half of the features of a sample.

    To leave out a column that is none is usual. What nothing is learned from
    may have been in the others, if most are left out.

    Args:
        share: Of the features that are passed on.
    """

    name = "dropped_features"
    sign = "behavior"
    description = "features that are cut off before any layer reads them"

    def __init__(self, *, share: float = 0.5) -> None:
        self.share = share

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at what the graph of the model says."""
        for layer, kept, count in setup.selected_features:
            if kept < self.share * count:
                yield self.finding(
                    layer,
                    kept / count,
                    self.share,
                    f"`{layer}` passes on {kept} of {count} features: nothing "
                    "in the others changes a prediction.",
                    advice.find_the_cut(),
                )
