"""What is measured of each target in each step: one measure a file."""

from __future__ import annotations

from kgrad.step.statistics.base import Flow, Statistic
from kgrad.step.statistics.clipped_gradient_norm import ClippedGradientNorm
from kgrad.step.statistics.gradient_max import GradientMax
from kgrad.step.statistics.gradient_norm import GradientNorm
from kgrad.step.statistics.nonfinite_count import NonfiniteCount
from kgrad.step.statistics.quiet_unit_share import QuietUnitShare
from kgrad.step.statistics.update_norm import UpdateNorm
from kgrad.step.statistics.weight_norm import WeightNorm
from kgrad.step.statistics.zero_gradient_share import ZeroGradientShare

__all__ = ["Flow", "Statistic", "default"]


def default() -> tuple[Statistic, ...]:
    """Every statistic, in the order of the columns of the window."""
    return (
        GradientNorm(),
        ClippedGradientNorm(),
        GradientMax(),
        WeightNorm(),
        UpdateNorm(),
        ZeroGradientShare(),
        QuietUnitShare(),
        NonfiniteCount(),
    )
