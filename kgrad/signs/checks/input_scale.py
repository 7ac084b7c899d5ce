"""Inputs that are too large for the layer that reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad.records import (
    DataSummary,
    Finding,
    Layer,
    Remedy,
    Setup,
    TensorSummary,
)
from kgrad.remedies import SATURATING, scales
from kgrad.signs.checks.base import Check, number, pairs, place
from kgrad.signs.checks.guessing import untrained_loss
from kgrad.signs.checks.out_of_scale import in_one_go, targets_to_scale

_READERS = ("Dense", "EinsumDense", "SimpleRNN", "LSTM", "GRU", "Bidirectional")
_NORMALIZING = (
    "BatchNormalization",
    "Discretization",
    "Embedding",
    "GroupNormalization",
    "Hashing",
    # Whatever it does.
    "Lambda",
    "LayerNormalization",
    "Normalization",
    "RMSNormalization",
    "Rescaling",
    "UnitNormalization",
)
_NEUTRAL = (
    "Activation",
    "CenterCrop",
    "Cropping",
    "Dropout",
    "Flatten",
    "GaussianNoise",
    "Masking",
    "Permute",
    "RandomCrop",
    "RandomFlip",
    "Reshape",
    "Resizing",
    "ZeroPadding",
)


class InputScale(Check):
    """Glorot's weights expect inputs of a size near 1.

    Size alone is no illness: a relu network may learn from pixels up to 255,
    and what a BatchNormalization follows is scaled there. Ill is what shows
    in the first step: units of a saturating layer at their ends, where
    pre-activations of inputs with mean squares m_k have the size
    sqrt(sum m_k 2 / (features + units)); or a loss far above that of an
    untrained model.

    Args:
        size: Root mean square of a feature.
        saturated: Size of pre-activations from which a saturating layer has
            no slope.
        excess: Loss, in losses of an untrained model.
    """

    name = "input_scale"
    sign = "inputs"
    description = "inputs out of scale for the layer that reads them"

    def __init__(
        self,
        *,
        size: float = 10.0,
        saturated: float = 5.0,
        excess: float = 10.0,
    ) -> None:
        self.size, self.saturated, self.excess = size, saturated, excess

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at each input that nothing scales."""
        if scaled_inside(setup):
            return
        excess = _excess(setup, data)
        for x in data.of("input"):
            if not is_large(x, setup, self.size):
                continue
            reader = _reader(setup)
            drive = _drive(x, reader) if len(data.of("input")) == 1 else 0.0
            where = place("x", x.name)
            size = number(_size(x))
            if drive > self.saturated and reader is not None:
                yield self.finding(
                    where,
                    drive,
                    self.saturated,
                    f"The inputs `{where}` {_range(x)}. The units of "
                    f"`{reader.name}` begin at {number(drive)} before their "
                    f"{reader.activation}, which has no slope there.",
                    *to_scale(setup, data),
                )
            elif excess > self.excess:
                yield self.finding(
                    where,
                    _size(x),
                    self.size,
                    f"The inputs `{where}` {_range(x)}: with a size of {size} "
                    f"instead of 1, the loss begins at {number(data.loss)}, "
                    f"{number(excess)} times what an untrained model has.",
                    *to_scale(setup, data),
                )


class UnscaledInputs(Check):
    """Inputs far from mean 0 and spread 1, though nothing suffers as yet."""

    name = "unscaled_inputs"
    sign = "inputs"
    description = "inputs with a mean or spread above 10"
    may_be_a_cause = True
    is_hint = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks at each input that nothing scales."""
        if scaled_inside(setup):
            return
        for x in data.of("input"):
            if is_large(x, setup, 10.0):
                where = place("x", x.name)
                yield self.finding(
                    where,
                    _size(x),
                    10.0,
                    f"The inputs `{where}` {_range(x)}.",
                    *to_scale(setup, data),
                )


def is_large(x: TensorSummary, setup: Setup, size: float) -> bool:
    """Whether an input of numbers, not of ids, is larger than a size."""
    ids = dict(setup.plan.vocabulary)
    return (
        x.name not in ids
        and x.minimum < x.maximum
        and not x.nonfinite
        and _size(x) > size
    )


def scaled_inside(setup: Setup) -> bool:
    """Whether a layer scales the inputs, or may do so, before they are read."""
    for layer in setup.layers:
        if layer.class_name.startswith(_NORMALIZING):
            return True
        if not layer.class_name.startswith(_NEUTRAL):
            return False
    return False


def _size(x: TensorSummary) -> float:
    """Root mean square of the largest feature that varies, or of all."""
    sizes = [
        math.hypot(m, s)
        for m, s in zip(x.feature_mean, x.feature_std, strict=True)
        if s > 0
    ]
    return max([math.hypot(x.mean, x.std), *sizes])


def _reader(setup: Setup) -> Layer | None:
    for layer in setup.layers:
        if layer.class_name.startswith(_NEUTRAL):
            continue
        return layer if layer.class_name.startswith(_READERS) else None
    return None


def _drive(x: TensorSummary, reader: Layer | None) -> float:
    """Size of the pre-activations of the first layer under Glorot's weights."""
    if (
        reader is None
        or not reader.units
        or not reader.activation.startswith(SATURATING)
        or not x.feature_mean
    ):
        return 0.0
    gates = {"LSTM": 4, "GRU": 3}.get(reader.class_name, 1)
    columns = gates * reader.units + len(x.feature_mean)
    squares = sum(
        m * m + s * s
        for m, s in zip(x.feature_mean, x.feature_std, strict=True)
    )
    return math.sqrt(squares * 2 / columns)


def _excess(setup: Setup, data: DataSummary) -> float:
    """The loss, in losses of an untrained model; NaN if that is not known."""
    found = list(pairs(setup, data))
    if len(found) != 1 or data.of("sample_weight") or setup.adds_losses:
        return math.nan
    usual = untrained_loss(found[0])
    return data.loss / usual if usual > 0 else math.nan


def _range(x: TensorSummary) -> str:
    text = (
        f"have mean {number(x.mean)} and spread {number(x.std)}, from "
        f"{number(x.minimum)} to {number(x.maximum)}"
    )
    stds = [s for s in x.feature_std if s > 0]
    if len(stds) > 1 and max(stds) > 100 * min(stds):
        text += (
            f", and their features differ: spreads reach from "
            f"{number(min(stds))} to {number(max(stds))}"
        )
    return text


def to_scale(setup: Setup, data: DataSummary) -> list[Remedy]:
    """What brings every large input, and with it large targets, to scale."""
    inputs = [
        _scaled(x)
        for x in data.of("input")
        if is_large(x, setup, 10.0) and not scaled_inside(setup)
    ]
    return in_one_go(inputs, targets_to_scale(setup, data))


def _scaled(x: TensorSummary) -> Remedy:
    pixels = x.minimum >= 0 and 200 < x.maximum <= 255 and len(x.shape) > 2
    if pixels:
        return scales.divide(x, 255.0)
    return scales.normalization_layer(x)
