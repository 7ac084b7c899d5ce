"""Ids for which an Embedding has no row."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import scales
from kgrad.signs.checks.base import Check, number, place


class IdsBeyondVocabulary(Check):
    """An Embedding reads whole numbers from 0 to `input_dim` - 1.

    On a GPU the rows of other ids are zeros or NaN, on the CPU it raises. Ids
    that were scaled like pixels all become row 0.
    """

    name = "ids_beyond_vocabulary"
    sign = "inputs"
    description = "ids beyond the vocabulary, or no whole numbers"
    in_any_batch = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the ids of an input with the Embedding that reads it."""
        sizes = dict(setup.plan.vocabulary)
        for x in data.of("input"):
            size = sizes.get(x.name, 0)
            if not size or x.minimum != x.minimum:
                continue
            where = place("x", x.name)
            if not x.is_whole:
                yield self.finding(
                    where,
                    x.maximum,
                    size - 1.0,
                    f"An Embedding reads `{where}`, but its entries are no "
                    f"whole numbers: they reach from {number(x.minimum)} to "
                    f"{number(x.maximum)}, and what is behind the point is "
                    "dropped.",
                    scales.ids(),
                )
            elif x.minimum < 0 or x.maximum >= size:
                beyond = x.maximum >= size
                yield self.finding(
                    where,
                    x.maximum if beyond else x.minimum,
                    size - 1.0 if beyond else 0.0,
                    f"The ids of `{where}` reach from {x.minimum:.0f} to "
                    f"{x.maximum:.0f}, but the Embedding that reads them has "
                    f"{size} rows, 0 to {size - 1}.",
                    scales.vocabulary(setup, int(x.maximum) + 1),
                )
