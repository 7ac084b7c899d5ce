"""The curves that TensorBoard shows of each target: tags and numbers.

A window of steps becomes one point per variable, its mean, and two of the
whole model, so that a long run stays small and a single bad step is still
seen. Every step of every gate is in the history, and in the tab.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kgrad.records import (
    GLOBAL,
    Array,
    Snapshot,
    Target,
    is_defined,
    with_ratios,
)
from kgrad.report.labels import labels
from kgrad.reporters.tensorboard.event_file import Point


@dataclass(frozen=True)
class Curve:
    """How a statistic is shown: its maximum beside its mean, of gates, ...

    Of single targets both only where they are asked for. What is silent at
    zero is left out of a target until it is first not 0 there, but for the
    whole model. Steps that loss scaling skipped count only with
    `skipped_too`.
    """

    statistic: str
    group: str
    with_max: bool = True
    silent_at_zero: bool = False
    gates: bool = True
    skipped_too: bool = False

    def tags(self, label: str) -> tuple[str, str]:
        """Tags of the mean and of the maximum of a target."""
        return f"{self.group}/{label}", f"{self.group}_max/{label}"


CURVES = (
    Curve("gradient_norm", "gradient_norm"),
    Curve(
        "clipped_gradient_norm",
        "gradient_norm_clipped",
        with_max=False,
        gates=False,
    ),
    Curve("update_ratio", "update_ratio"),
    Curve("weight_norm", "weight_norm", with_max=False, gates=False),
    Curve(
        "nonfinite_count",
        "nonfinite_count",
        silent_at_zero=True,
        skipped_too=True,
    ),
    Curve(
        "quiet_unit_share",
        "quiet_unit_share",
        with_max=False,
        silent_at_zero=True,
    ),
)


class TargetCurves:
    """Makes the points of every target, window by window.

    Args:
        detailed: Whether gates have curves, too, and the maximum of each
            target, not only that of the whole model.
    """

    def __init__(self, detailed: bool = False) -> None:
        self._detailed = detailed
        self._awake: set[tuple[str, str]] = set()
        self._targets: tuple[Target, ...] = ()
        self._labels: dict[str, str] = {}

    def points(self, snapshot: Snapshot) -> Iterator[Point]:
        """The points of a window that has steps."""
        if snapshot.targets is not self._targets:
            self._targets = snapshot.targets
            self._labels = labels(snapshot.targets)
        descriptions = _descriptions(snapshot)
        for curve in CURVES:
            if curve.statistic not in descriptions:
                continue
            mean, largest, known = _aggregate(snapshot, curve)
            for column, target in enumerate(snapshot.targets):
                label = self._labels[target.name]
                if (
                    not known[column]
                    or (target.gate and not (curve.gates and self._detailed))
                    or self._is_silent(curve, target, largest[column])
                ):
                    continue
                text = (
                    f"{descriptions[curve.statistic]} Target: "
                    f"`{target.name}`. Over the steps of a window: "
                )
                of_mean, of_max = curve.tags(label)
                yield Point(of_mean, float(mean[column]), text + "mean.")
                whole = target.name == GLOBAL
                if curve.with_max and (whole or self._detailed):
                    yield Point(of_max, float(largest[column]), text + "max.")

    def _is_silent(self, curve: Curve, target: Target, value: float) -> bool:
        key = (curve.statistic, target.name)
        if value != 0 or target.name == GLOBAL or not curve.silent_at_zero:
            self._awake.add(key)
        return key not in self._awake


def _descriptions(snapshot: Snapshot) -> dict[str, str]:
    """What each statistic is, if it was measured and says something new."""
    found = {m.name: m.description for m in with_ratios(snapshot.measures)}
    if not snapshot.setup.clips:
        found.pop("clipped_gradient_norm", None)
    return found


def _aggregate(
    snapshot: Snapshot, curve: Curve
) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Mean and maximum of each target, and whether there is any number."""
    values = snapshot[curve.statistic]
    counts = np.ones(values.shape, bool)
    if not curve.skipped_too:
        counts &= ~snapshot.skipped[:, np.newaxis]
    counts &= is_defined(curve.statistic, snapshot)
    steps = counts.sum(axis=0)
    total = values.sum(axis=0, where=counts)
    largest = values.max(axis=0, where=counts, initial=0.0)
    return total / np.maximum(steps, 1), largest, steps > 0
