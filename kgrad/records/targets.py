"""What has a gradient, and what a number of it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GLOBAL = "global"
"""Name of the target that stands for the whole model."""


@dataclass(frozen=True)
class Target:
    """Something that has a gradient: a variable, a gate of one, the model.

    Args:
        name: Keras' `variable.path`; `path[gate]` for a gate; `"global"`.
        layer: Path of the layer that owns the variable, `""` for the model.
        role: Last part of the path: `"kernel"`, `"recurrent_kernel"`, ...
        gate: `"i"`, `"f"`, `"c"`, `"o"` (LSTM), `"z"`, `"r"`, `"h"` (GRU),
            or `""`.
        depth: Position of the layer, counted from 0 in the order in which
            the optimizer receives the variables; -1 for the model.
        size: Number of parameters.
        units: Number of units: the length of the last axis, per gate.
        parts: Indices, among the measured targets, of what this one is
            made of; empty for a target that was itself measured.
    """

    name: str
    layer: str
    role: str
    gate: str = ""
    depth: int = 0
    size: int = 1
    units: int = 1
    parts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measure:
    """What a statistic's number means, and how numbers of parts combine.

    Args:
        name: `<tensor>_<measure>`, for example `"gradient_norm"`.
        unit: Unit of the number, in words.
        description: One line that says what it is and what is healthy.
        combine: How the parts of a target give the target's own number:
            `"root_sum_square"`, `"sum"`, `"max"` or `"mean_by_units"`.
    """

    name: str
    unit: str
    description: str
    combine: str


@dataclass(frozen=True)
class Ratio(Measure):
    """A number that is not measured: it follows from two that are.

    Args:
        name: As of any measure.
        unit: As of any measure.
        description: As of any measure.
        combine: Not used: the two are combined, then divided.
        of: Name of the measure above the line and of the one below it.
            Where the latter is 0, the ratio is not defined.
    """

    of: tuple[str, str] = ("", "")


RATIOS = {
    ratio.name: ratio
    for ratio in (
        Ratio(
            "update_ratio",
            unit="ratio",
            description=(
                "Norm of the update over the norm of the weights. Healthy: "
                "around a thousandth."
            ),
            combine="",
            of=("update_norm", "weight_norm"),
        ),
    )
}
"""Every derived measure, by its name."""


def with_ratios(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """What was measured, and what follows from it."""
    names = {measure.name for measure in measures}
    return (
        *measures,
        *(ratio for ratio in RATIOS.values() if names.issuperset(ratio.of)),
    )
