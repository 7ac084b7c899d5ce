"""Inputs that are too small for the layer that reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Setup
from kgrad.remedies import scales
from kgrad.signs.checks.base import Check, number, place
from kgrad.signs.checks.input_scale import scaled_inside
from kgrad.signs.checks.reach import path

_SCALES = "Normalization"


class SmallInputs(Check):
    """What is a hundredth of 1 must be read by weights of 100.

    Glorot's weights let an input of size s change what the first layer says by
    about s. An adaptive optimizer moves a weight by N x rate at most in N
    updates, and what it says by s x N x rate; a plain gradient of these weights
    is itself s times as long. Of inputs of which a few entries are near 1, such
    as counts of rare words, these are large enough; and a normalization, before
    or behind, makes up for it.

    Args:
        size: Largest entry, below which inputs are small.
        reach: s x N x rate, below which updates cannot make up for it.
    """

    name = "small_inputs"
    sign = "inputs"
    description = "inputs too small for the layer that reads them"
    until_solved = True

    def __init__(self, *, size: float = 0.1, reach: float = 0.5) -> None:
        self.size, self.reach = size, reach

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at each input of numbers that nothing scales."""
        ids, found = dict(setup.plan.vocabulary), data.of("input")
        if scaled_inside(setup) or len(found) != 1:
            return
        if any(layer.class_name.endswith(_SCALES) for layer in setup.layers):
            return
        (x,) = found
        largest = max(abs(x.minimum), abs(x.maximum))
        if (
            x.name in ids
            or x.nonfinite
            or not x.minimum < x.maximum
            or not largest < self.size
        ):
            return
        way = path(setup)
        if setup.optimizer != "SGD" and not largest * way < self.reach:
            return
        where = place("x", x.name)
        yield self.finding(
            where,
            largest,
            self.size,
            f"The inputs `{where}` reach from {number(x.minimum)} to "
            f"{number(x.maximum)}: new weights hardly hear them, and "
            f"{self._why(way, largest)}.",
            scales.normalization_layer(x),
        )

    def _why(self, way: float, largest: float) -> str:
        if not math.isfinite(way):
            return "their gradients are as small"
        return (
            f"the planned updates can make {number(largest * way)} of them at "
            "most"
        )
