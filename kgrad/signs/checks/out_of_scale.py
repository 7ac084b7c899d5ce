"""Targets that are large, and inputs and targets scaled in one go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from kgrad.records import DataSummary, Remedy, Setup, TensorSummary
from kgrad.remedies import scales
from kgrad.remedies.code import together
from kgrad.signs.checks.base import REGRESSION_LOSSES, pairs

LARGE = 10.0
"""Mean or spread from which on targets are better scaled."""


def targets_to_scale(setup: Setup, data: DataSummary) -> list[Remedy]:
    """What scales each target of a regression that is large.

    Nothing where the predictions are of that size already: something in the
    model scales them. Nor where rate x size of plain SGD is below 1: there a
    large target makes a longer step, which the rate was chosen for.
    """
    rate = float(setup.optimizer_arguments.get("learning_rate", math.nan))
    plain = setup.optimizer == "SGD" and not setup.clips
    return [
        scales.standardize(pair.target)
        for pair in pairs(setup, data)
        if pair.target is not None
        and pair.output.loss in REGRESSION_LOSSES
        and (size := size_of(pair.target)) > LARGE
        and not (pair.prediction and size_of(pair.prediction) > size / 10)
        and not (plain and rate * size <= 1)
    ]


def size_of(tensor: TensorSummary) -> float:
    """How far the numbers of a tensor are from 0, or spread."""
    return max(abs(tensor.mean), tensor.std)


def in_one_go(
    inputs: Sequence[Remedy], targets: Sequence[Remedy]
) -> list[Remedy]:
    """One remedy that scales inputs and targets, where both are named.

    A network that is asked for numbers of 1e7 learns nothing from inputs that
    fit, and from inputs of 1e4 nothing about targets that fit.
    """
    if not inputs or not targets:
        return [*inputs, *targets]
    both = together(*inputs, *targets)
    name = "scaled inputs and targets"
    return [
        replace(
            both,
            id="scale_both",
            name=name,
            does_not_cure="a learning rate that is too large",
        )
    ]
