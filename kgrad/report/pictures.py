"""Curves of a run as rows of blocks: the evidence that a text can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kgrad.records import GLOBAL, Array, Finding, Steps
from kgrad.records.numbers import number
from kgrad.signs import SIGNS, kind_of
from kgrad.signs.series import main_metric, series
from kgrad.signs.through_time import by_state
from kgrad.storage.by_target import ByTarget
from kgrad.storage.history import RunHistory

WIDTH = 32
"""Blocks in a row."""

BEFORE, AFTER = 64, 8
"""Steps that are shown around the first NaN."""

_RULES = {kind.rule: kind for kind in SIGNS if kind.rule}
_LEVELS = "▁▂▃▄▅▆▇█"
_LOST = "×"


@dataclass(frozen=True)
class Picture:
    """A curve in one line of blocks, and what is drawn, of which steps.

    A stretch without any finite number is a cross.
    """

    bars: str
    caption: str


class Pictures:
    """Draws what there is of a run, of which the tables read the same.

    Attributes:
        numbers: Statistics of one target at a time.
        profiles: As `by_state` has them.
    """

    def __init__(self, history: RunHistory, labels: Mapping[str, str]) -> None:
        self._history = history
        self._labels = labels
        self.numbers = ByTarget(history.snapshots)
        self.profiles = by_state(history.samples)

    def of(self, finding: Finding) -> Picture | None:
        """The curve that shows a finding, or None if it was not measured."""
        kind = _RULES.get(finding.rule) or kind_of(finding.sign)
        drawn = (self._evidence(name, finding) for name in kind.shown_by)
        return next((picture for picture in drawn if picture), None)

    def curves(self) -> tuple[Picture, ...]:
        """The run: loss, metric, gradient, update and horizons."""
        history = self._history
        metric = main_metric(history.epochs)
        found = [
            _draw(
                "loss",
                history.steps,
                history.loss,
                logarithmic=is_wide(history.loss),
            )
        ]
        for name in dict.fromkeys((metric.removeprefix("val_"), metric)):
            found.append(self._of_epochs(name))
        for name in ("gradient_norm", "update_ratio"):
            found.append(
                _draw(
                    f"{name.replace('_', ' ')} of the whole model",
                    history.steps,
                    self.numbers.column(name, GLOBAL),
                    logarithmic=True,
                    largest=name == "gradient_norm",
                )
            )
        for layer, state in self.profiles:
            if state == "h":
                found.append(self._of_horizon(layer))
        return tuple(each for each in found if each is not None)

    def _evidence(self, name: str, finding: Finding) -> Picture | None:
        """One of `Sign.shown_by`."""
        layers = {t.name: t.layer for t in self._history.target_records}
        layer = layers.get(finding.target, finding.target)
        if name == "metric":
            return self._of_epochs(main_metric(self._history.epochs))
        if name == "horizon":
            return self._of_horizon(layer)
        drawn = self._of_steps(name, finding)
        return drawn or self._of_samples(name, layer, finding)

    def _of_steps(self, statistic: str, finding: Finding) -> Picture | None:
        """A statistic of the target; where it became NaN, how it came to."""
        steps = self._history.steps
        values = self.numbers.column(statistic, finding.target)
        share = statistic.endswith("_share")
        if share and not np.nanmax(values, initial=0.0) >= finding.limit:
            return None
        if finding.sign == "nonfinite":
            first = finding.first_step
            near = (steps >= first - BEFORE) & (steps < first + AFTER)
            steps, values = steps[near], values[near]
        name = self._labels.get(finding.target, finding.target)
        of = "the whole model" if finding.target == GLOBAL else name
        return _draw(
            f"{statistic.replace('_', ' ')} of {of}",
            steps,
            values,
            logarithmic=not share,
            largest=not (share or finding.value < finding.limit),
        )

    def _of_samples(
        self, name: str, layer: str, finding: Finding
    ) -> Picture | None:
        found = [
            (sample.step, activity.values.get(name, math.nan))
            for sample in self._history.samples
            for activity in sample.activities
            if activity.layer == layer
        ]
        steps, values = _unzip(found)
        # All gates may be stuck where no unit is.
        if not np.nanmax(values, initial=0.0) >= finding.limit:
            return None
        of = self._labels.get(layer, layer)
        return _draw(f"{name.replace('_', ' ')} of {of}", steps, values)

    def _of_horizon(self, layer: str) -> Picture | None:
        found = [
            (profile.step, profile.horizon)
            for profile, of_memory in self.profiles.get((layer, "h"), ())
            if of_memory
        ]
        of = self._labels.get(layer, layer)
        return _draw(f"horizon of {of}", *_unzip(found))

    def _of_epochs(self, metric: str) -> Picture | None:
        epochs = self._history.epochs
        ends = np.array([epoch.step for epoch in epochs], np.int64)
        return _draw(metric, ends, series(epochs, metric))


def _draw(
    what: str,
    steps: Steps,
    values: Array,
    *,
    logarithmic: bool = False,
    largest: bool = False,
) -> Picture | None:
    """The picture, unless there is no number in it."""
    finite = values[np.isfinite(values)]
    if logarithmic:
        finite = finite[finite > 0]
    if not len(finite):
        return None
    how = ", log" if logarithmic else ""
    low, high = number(finite.min()), number(finite.max())
    heights = f"between {low} and {high}" if low != high else low
    return Picture(
        sparkline(values, WIDTH, logarithmic=logarithmic, largest=largest),
        f"{what}{how}, steps {steps[0]} to {steps[-1]}: {heights}",
    )


def is_wide(values: Array) -> bool:
    """Whether a logarithmic axis shows more, and all values have one."""
    finite = values[np.isfinite(values)]
    return len(finite) > 0 and bool(0 < finite.min() < finite.max() / 30)


def _unzip(pairs: list[tuple[int, float]]) -> tuple[Steps, Array]:
    return (
        np.array([step for step, _ in pairs], np.int64),
        np.array([value for _, value in pairs], np.float64),
    )


def sparkline(
    values: Array,
    width: int = 16,
    *,
    logarithmic: bool = False,
    span: float | None = None,
    largest: bool = False,
) -> str:
    """The median of each stretch of steps, as a bar; `×` where none is finite.

    Of a logarithm, steps with 0 are left out. `span` is what lies between the
    lowest bar and the highest, which stands for the largest value (of a
    logarithm, decades); by default from the smallest to the largest. With
    `largest` a bar is the largest of its stretch: a single bad step is seen.
    """
    parts = np.array_split(values, max(1, min(width, len(values))))
    bars = np.array([_bar(part, logarithmic, largest) for part in parts])
    known = bars[np.isfinite(bars)]
    if not len(known):
        return _LOST * len(bars)
    if span is None:
        low, span = known.min(), np.ptp(known) or 1.0
    else:
        low = known.max() - span
    return "".join(
        _LEVELS[round(max((bar - low) / span, 0) * (len(_LEVELS) - 1))]
        if np.isfinite(bar)
        else _LOST
        for bar in bars
    )


def _bar(part: Array, logarithmic: bool, largest: bool) -> float:
    """The median or the largest of a stretch, NaN if nothing is finite."""
    known = np.isfinite(part)
    if logarithmic:
        known &= part > 0
    if not largest:
        return median_of(part, known, logarithmic)
    top = np.max(part, where=known, initial=-np.inf)
    if top == -np.inf:
        return np.nan
    return float(np.log10(top) if logarithmic else top)


def median_of(
    values: Array, known: npt.NDArray[np.bool_], logarithmic: bool = False
) -> float:
    """The median of what is known, or of its logarithm; NaN if nothing is.

    A logarithm keeps the order: only those in the middle have to be taken.
    """
    if not known.all():
        values = values[known]
    if not len(values):
        return np.nan
    middle = sorted({(len(values) - 1) // 2, len(values) // 2})
    found = np.partition(values, middle)[middle]
    return float(np.mean(np.log10(found) if logarithmic else found))
