"""Targets that the last activation cannot reach."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import DataSummary, Finding, Remedy, Setup, TensorSummary
from kgrad.remedies import outputs, scales
from kgrad.remedies.code import together
from kgrad.signs.checks.base import (
    REGRESSION_LOSSES,
    Check,
    Pair,
    may_be_left_out,
    number,
    pairs,
)
from kgrad.signs.checks.bounds import BOUNDS
from kgrad.signs.checks.input_scale import to_scale
from kgrad.signs.checks.out_of_scale import LARGE, size_of

_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "ConvLSTM", "Bidirectional")


class BoundedOutput(Check):
    """A sigmoid ends at 1, a tanh at -1 and 1, a relu at 0.

    A recurrent layer at the end is bounded by its own activation. Targets a
    little beyond the end, by noise or by a scale that was fitted to other
    samples, are none.

    Args:
        of_range: How far beyond the end, in parts of the activation's range,
            where that has two ends.
        of_spread: And in standard deviations of the targets.
    """

    name = "bounded_output"
    sign = "output_and_loss"
    description = "targets beyond what the last activation can give"

    def __init__(
        self, *, of_range: float = 0.1, of_spread: float = 0.75
    ) -> None:
        self.of_range, self.of_spread = of_range, of_spread

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the range of the targets with that of the activation."""
        for pair in pairs(setup, data):
            target, name = pair.target, pair.output.activation
            low, high = BOUNDS.get(name, (-math.inf, math.inf))
            if (
                target is None
                or pair.output.loss not in REGRESSION_LOSSES
                or math.isinf(low)
                or _goes_beyond(pair.prediction, low, high)
                or may_be_left_out(setup, data, target)
            ):
                continue
            margin = self.of_spread * target.std
            if math.isfinite(high):
                margin = max(margin, self.of_range * (high - low))
            above = target.maximum > high + margin
            if not above and not target.minimum < low - margin:
                continue
            reached = target.maximum if above else target.minimum
            end = high if above else low
            yield self.finding(
                pair.place,
                reached,
                end,
                f"The targets reach from {number(target.minimum)} to "
                f"{number(target.maximum)}, but the last activation, "
                f"`{name}` of `{pair.place}`, cannot go "
                f"{'above' if above else 'below'} {number(end)}: "
                f"{'larger' if above else 'smaller'} targets are out of "
                "reach.",
                *_remedies(setup, data, pair, target, low, high),
            )


def _goes_beyond(
    prediction: TensorSummary | None, low: float, high: float
) -> bool:
    """Whether something behind the activation gives it another range."""
    return prediction is not None and (
        prediction.minimum < low - 1e-6 or prediction.maximum > high + 1e-6
    )


def _remedies(
    setup: Setup,
    data: DataSummary,
    pair: Pair,
    target: TensorSummary,
    low: float,
    high: float,
) -> Iterator[Remedy]:
    layers = [x for x in setup.layers if x.name == pair.output.layer]
    recurrent = layers and layers[0].class_name.startswith(_RECURRENT)
    if recurrent:
        units = target.shape[-1] if target.shape[1:] else 1
        linear = outputs.dense_behind(pair.place, units)
    elif pair.output.activation == "softmax":
        linear = outputs.last_layer(setup, pair.output, pair.units)
    else:
        linear = outputs.no_activation(setup, pair.output)
    yield together(linear, *to_scale(setup, data))
    if (
        math.isfinite(high)
        and target.maximum > target.minimum
        and size_of(target) <= LARGE
    ):
        yield scales.into_range(target.minimum, target.maximum, low, high)
