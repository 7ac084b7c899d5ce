"""How far the planned updates can move a weight, and with it an output."""

from __future__ import annotations

import math

from kgrad.records import Setup
from kgrad.remedies import DIVIDING, SATURATING
from kgrad.signs.checks.base import Pair

ENOUGH = 2.0
"""N x rate, with which a weight can go a few times its own size."""


def rate_of(setup: Setup) -> float:
    """The learning rate, NaN if it is not known."""
    return float(setup.optimizer_arguments.get("learning_rate", math.nan))


def path(setup: Setup) -> float:
    """N x rate: how far the planned updates move a weight; infinite if unknown.

    Of an adaptive optimizer, whose rate follows no schedule: that may begin
    at 0.
    """
    known = setup.optimizer in DIVIDING and not setup.has_schedule
    updates = setup.plan.updates
    return updates * rate_of(setup) if known and updates else math.inf


_SCALING = ("Normalization", "Rescaling")
"""Layers that make of an output what targets are."""


def reach(setup: Setup, pair: Pair) -> float:
    """How far the planned updates move an output; infinite if unknown.

    Behind h bounded units N rate (h + 1): units without a bound grow, too.
    """
    names = [layer.name for layer in setup.layers]
    if pair.output.layer not in names:
        return math.inf
    behind = setup.layers[names.index(pair.output.layer) + 1 :]
    if any(layer.class_name in _SCALING for layer in behind):
        return math.inf
    before = [
        layer
        for layer in setup.layers[: names.index(pair.output.layer)]
        if layer.units or layer.class_name == "Activation"
    ]
    if not before or not before[-1].activation.startswith(SATURATING):
        return math.inf
    units = next((x.units for x in reversed(before) if x.units), 0)
    both = 2 if before[-1].class_name == "Bidirectional" else 1
    return path(setup) * (both * units + 1)
