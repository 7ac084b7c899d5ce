"""Dropout that leaves a layer without any unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kgrad.records import DataSummary, Finding, Layer, Setup
from kgrad.remedies import behavior as advice
from kgrad.signs.checks.base import Check, number

_DROPPING = ("Dropout", "SpatialDropout")
_ONE_TO_ONE = (
    "Activation",
    "BatchNormalization",
    "ELU",
    "GlobalAveragePooling",
    "GlobalMaxPooling",
    "LayerNormalization",
    "LeakyReLU",
    "ReLU",
)
"""Layers that pass on as many units as they are given."""


class DropoutOfAll(Check):
    """Of few units, a high rate often leaves none.

    Each of n units is dropped with probability p, so that nothing of a sample
    passes with probability p^n: the model is taught to answer it without having
    seen it. Of wide layers something passes at any rate, and up to one half is
    usual.

    Args:
        share: Of samples of which nothing passes.
        rate: Up to which a rate is usual.
    """

    name = "dropout_of_all"
    sign = "behavior"
    description = "dropout that leaves no unit of a layer"
    until_solved = True

    def __init__(self, *, share: float = 0.05, rate: float = 0.5) -> None:
        self.share, self.rate = share, rate

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the rate of each Dropout with the units before it."""
        for i, layer in enumerate(setup.layers):
            rate = layer.arguments.get("rate")
            if (
                not layer.class_name.startswith(_DROPPING)
                or not isinstance(rate, float)
                or not self.rate < rate < 1
            ):
                continue
            units = _units(setup.layers[:i])
            if not units or not rate**units > self.share:
                continue
            yield self.finding(
                layer.name,
                rate**units,
                self.share,
                f"`{layer.name}` drops {number(100 * rate)}% of {units} units: "
                f"of {rate**units:.0%} of all samples nothing passes in "
                "training.",
                advice.less_dropout(layer),
            )


def _units(before: Sequence[Layer]) -> int:
    """Units of the last layer, 0 if it is not certain how many."""
    for layer in reversed(before):
        if layer.units:
            both = any(x.class_name == "Bidirectional" for x in before)
            return 2 * layer.units if both else layer.units
        if not layer.class_name.startswith(_ONE_TO_ONE):
            return 0
    return 0
