"""What several runs are compared by: one line for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrad.figures.downsample import BUCKETS, buckets
from kgrad.figures.filter_by_name import Filter
from kgrad.figures.parameters_plot import known
from kgrad.figures.time_track import HORIZON, Track, tracks
from kgrad.figures.views import COMPARISONS
from kgrad.records import GLOBAL, Array, Steps, with_ratios
from kgrad.report.labels import labels, layer_labels
from kgrad.signs.series import main_metric, series
from kgrad.storage.history import RunHistory

_POINTS = BUCKETS // 4
"""Of a line: there are several on a page, and they cross."""

_LARGEST = "Of several steps the largest is drawn."
_MEDIAN = "Of several steps the median is drawn; the story has every extreme."
_OF_LAYERS = "Of several layers the largest is drawn."

_HEALTHY = {
    "loss": f"Healthy: falls, then levels off. {_MEDIAN}",
    "metric": (
        "Healthy: gets better than guessing, and stays there. Of each run the "
        "metric that it is judged by, at the end of each epoch."
    ),
    "horizon": f"Healthy: rises to what the task needs, and stays. {HORIZON}",
    "silent_unit_share": (
        "Units whose output is near 0 on every sample and time step. Healthy: "
        f"near 0. {_OF_LAYERS}"
    ),
    "saturated_unit_share": (
        "Units most of whose outputs are at a bound of their activation. "
        f"Healthy: near 0. {_OF_LAYERS}"
    ),
    "output_spread": (
        "Standard deviation of a layer's outputs. Healthy: steady, and well "
        "above 0. Of several layers the smallest is drawn."
    ),
}


@dataclass(frozen=True)
class Line:
    """A number of a run over training: `(points,)` steps and values.

    Values are NaN at what is not finite, which is at the steps `lost`.
    """

    steps: Steps
    values: Array
    lost: Steps
    name: str = ""

    @classmethod
    def of(cls, steps: Steps, values: Array, name: str = "") -> Line:
        """All that there is, nothing left out."""
        finite = np.isfinite(values)
        drawn = np.where(finite, values, np.nan)
        return cls(steps, drawn, steps[~finite], name)


def line_of(history: RunHistory, what: str, layers: Filter) -> Line | None:
    """The line of a run, None if it has no such numbers.

    Args:
        history: The run.
        what: `"loss"`, `"metric"`, `"horizon"`, the name of an activity, or
            of a statistic: of the whole model, or the largest of the
            variables that the filter lets through.
        layers: Which layers count.
    """
    if what == "loss":
        return _loss(history)
    if what == "metric":
        return _metric(history)
    if what == "horizon":
        one = track_of(history, "h", layers)
        if one is None or not one.of_memory:
            return None
        return Line.of(one.steps, one.horizons)
    if what in _HEALTHY:
        return _activity(history, what, layers)
    return _statistic(history, what, layers)


def track_of(history: RunHistory, state: str, layers: Filter) -> Track | None:
    """The first layer that has such a state, of those that count."""
    return next(
        (
            one
            for one in tracks(history)
            if one.state == state and layers.passes(one.label)
        ),
        None,
    )


def healthy(histories: Sequence[RunHistory], what: str) -> str:
    """What a line is and what a healthy one looks like, of runs that have it.

    Raises:
        KeyError: If none of them has measured it, nor ever does by default.
    """
    if what in _HEALTHY:
        return _HEALTHY[what]
    measured = {
        measure.name: measure.description
        for history in histories
        for measure in with_ratios(history.measures)
    }
    if what not in measured and what not in COMPARISONS:
        raise KeyError(
            "`show` must be one of "
            f"{sorted({*COMPARISONS, *measured})}. Received: show={what!r}"
        )
    return f"{measured.get(what, '')} {_LARGEST}".strip()


def _loss(history: RunHistory) -> Line | None:
    values = history.loss
    if not np.isfinite(values).any():
        return None
    size = max(-(-len(values) // _POINTS), 1)
    starts = np.arange(0, len(values), size)
    lost = ~np.isfinite(values)
    padded = np.pad(
        np.where(lost, np.nan, values),
        (0, -len(values) % size),
        constant_values=np.nan,
    ).reshape(-1, size)
    medians = np.full(len(starts), np.nan)
    some = np.isfinite(padded).any(1)
    medians[some] = np.nanmedian(padded[some], 1)
    broken = np.logical_or.reduceat(lost, starts)
    steps = history.steps[starts]
    return Line(steps, medians, steps[broken])


def _metric(history: RunHistory) -> Line | None:
    name = main_metric(history.epochs)
    if not name:
        return None
    steps = np.array([epoch.step for epoch in history.epochs], np.int64)
    return Line.of(steps, series(history.epochs, name), name)


def _activity(history: RunHistory, what: str, layers: Filter) -> Line | None:
    short = layer_labels(history.target_records, history.samples)
    choose = min if what == "output_spread" else max
    steps, values = [], []
    for sample in history.samples:
        seen = [
            activity.values[what]
            for activity in sample.activities
            if what in activity.values and layers.passes(short[activity.layer])
        ]
        if seen:
            steps.append(sample.step)
            # A comparison with NaN would choose either.
            lost = not np.isfinite(seen).all()
            values.append(np.nan if lost else choose(seen))
    if not steps:
        return None
    return Line.of(np.array(steps, np.int64), np.array(values, np.float64))


def _statistic(history: RunHistory, what: str, layers: Filter) -> Line | None:
    measured = {measure.name for measure in with_ratios(history.measures)}
    if what not in measured or not len(history.steps):
        return None
    short = labels(history.target_records)
    chosen = [
        i
        for i, target in enumerate(history.target_records)
        if (
            layers.passes(short[target.name])
            and bool(target.layer)
            and not target.gate
            if layers
            else target.name == GLOBAL
        )
    ]
    if not chosen:
        return None
    values = history[what]
    taken = buckets(
        history.steps,
        values[:, chosen],
        known(history, what, values)[:, chosen],
        _POINTS,
    )
    return Line(
        taken.steps,
        np.fmax.reduce(taken.largest, 1),
        taken.steps[taken.broken.any(1)],
    )
