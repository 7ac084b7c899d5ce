"""What the units of each layer did: silent, saturated, spread, gates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.canvas import BROKEN, DASHES, finish, missing, pen, stacked
from kgrad.figures.downsample import extremes
from kgrad.figures.filter_by_name import Filter
from kgrad.figures.text import escape, labels_of
from kgrad.records import Array, Steps
from kgrad.report.labels import layer_labels
from kgrad.storage.history import RunHistory

_TITLE = "Activity of the units"
_HEALTHY = (
    "Healthy: hardly any unit is silent, dead or saturated, the outputs keep a "
    "spread well above 0, and gates are neither all closed nor all open (but a "
    "forget gate that stays open preserves memory)."
)
_NOTHING = (
    "No activity has been recorded: no watched layer has an activation, or no "
    "step has been sampled yet."
)
_DEAD = "quiet_unit_share"
_MEAN, _SPREAD = "output_mean", "output_spread"
_GATE = re.compile("gate_(.+)_saturated_share")

_PANELS = (
    ("silent_unit_share", "silent<br>units"),
    (_DEAD, "dead<br>units"),
    ("saturated_unit_share", "saturated<br>units"),
    (_MEAN, "outputs,<br>mean ± spread"),
    ("gate", "saturated<br>gates"),
)
"""What is shown, from the top; the names are those of `_Curve.panel`."""

_HEIGHT = 120
_LABEL = 30


@dataclass(frozen=True)
class _Curve:
    """One number of one layer: `(samples,)` steps and values."""

    layer: str
    name: str
    steps: Steps
    values: Array

    @property
    def gate(self) -> str:
        """Name of the gate, `""` if it is not of one."""
        found = _GATE.fullmatch(self.name)
        return found[1] if found else ""

    @property
    def panel(self) -> str:
        """Name of the plot that it belongs to."""
        return "gate" if self.gate else self.name


def activity(
    history: RunHistory, *, layers: str = "", dark: bool = False
) -> go.Figure:
    """Shares of units and gates, and the outputs, of each layer over steps.

    From the top: units that were silent on a whole batch; units without
    gradient for 64 steps, of the variable of the layer that has most;
    units at a bound of their activation; mean of the outputs, in a band of
    one standard deviation; outputs of gates that were shut or wide open. A
    plot that no layer has numbers for is left out, and so is that of dead
    units where there are none.

    `layers` is a regular expression; layers are left out in whose short name
    it is not found.

    Raises:
        ValueError: If `layers` is not a regular expression.
    """
    chosen = Filter(layers)
    known = layer_labels(history.target_records, history.samples)
    found = [*_sampled(history), *_dead(history)]
    curves = [curve for curve in found if chosen.passes(known[curve.layer])]
    panels = [
        (title, own)
        for panel, title in _PANELS
        if (own := [curve for curve in curves if curve.panel == panel])
    ]
    if not panels:
        nothing = chosen.nothing if found else _NOTHING
        return missing(history, _TITLE, nothing, dark=dark)
    paths = list(dict.fromkeys(curve.layer for curve in curves))
    marks = labels_of([known[layer] for layer in paths], _LABEL)
    spreads = {c.layer: c for c in curves if c.name == _SPREAD}
    named: set[str] = set()
    figure = stacked([_HEIGHT] * len(panels))
    for row, (title, own) in enumerate(panels, 1):
        for curve in own:
            index = paths.index(curve.layer)
            line = pen(index, dark)
            if curve.name == _MEAN and curve.layer in spreads:
                _draw_band(figure, row, curve, spreads[curve.layer], line)
            if curve.gate:
                gates = [c.gate for c in own if c.layer == curve.layer]
                dash = DASHES[gates.index(curve.gate) % len(DASHES)]
                line = {**line, "dash": dash}
            _draw(
                figure,
                row,
                curve,
                marks[index],
                line,
                legend=curve.layer not in named and not curve.gate,
            )
            if not curve.gate:
                named.add(curve.layer)
        figure.update_yaxes(title_text=title, row=row, col=1)
        if own[0].panel != _MEAN:
            figure.update_yaxes(
                tickformat=".0%", range=[-0.04, 1.04], row=row, col=1
            )
    figure.update_xaxes(title_text="training step", row=len(panels), col=1)
    return finish(figure, _TITLE, _HEALTHY, dark=dark)


def _draw(
    figure: go.Figure,
    row: int,
    curve: _Curve,
    layer: str,
    line: dict[str, object],
    legend: bool,
) -> None:
    """The line, and marks where it is NaN or infinite."""
    gate = f", gate {escape(curve.gate)}" if curve.gate else ""
    what = escape(curve.name.replace("_", " "))
    number = "%{y:.3g}" if curve.name == _MEAN else "%{y:.1%}"
    kept = extremes(curve.values)
    finite = np.isfinite(curve.values)
    figure.add_scatter(
        x=curve.steps[kept],
        y=np.where(finite, curve.values, np.nan)[kept],
        mode="lines" if len(kept) > 1 else "markers",
        line=line,
        name=f"{layer}{gate}",
        legendgroup=layer,
        showlegend=legend or bool(gate),
        hovertemplate=(
            f"{layer}{gate}<br>step %{{x}}<br>{what}: {number}<extra></extra>"
        ),
        row=row,
        col=1,
    )
    lost = kept[~finite[kept]]
    if len(lost):
        height = curve.values[finite].mean() if finite.any() else 0.0
        figure.add_scatter(
            x=curve.steps[lost],
            y=np.full(len(lost), height),
            mode="markers",
            marker={"color": BROKEN, "symbol": "x", "size": 8},
            name=f"{layer}: NaN or infinite",
            legendgroup=layer,
            showlegend=False,
            hovertemplate=(
                f"{layer}{gate}<br>step %{{x}}<br>{what}: NaN or infinite"
                "<extra></extra>"
            ),
            row=row,
            col=1,
        )


def _draw_band(
    figure: go.Figure,
    row: int,
    mean: _Curve,
    spread: _Curve,
    line: dict[str, object],
) -> None:
    """One standard deviation above and below the mean."""
    steps, of_mean, of_spread = np.intersect1d(
        mean.steps, spread.steps, return_indices=True
    )
    middle, width = mean.values[of_mean], spread.values[of_spread]
    finite = np.isfinite(middle) & np.isfinite(width)
    steps, middle, width = steps[finite], middle[finite], width[finite]
    low, high = middle - width, middle + width
    kept = np.union1d(extremes(low), extremes(high))
    figure.add_scatter(
        x=np.concatenate([steps[kept], steps[kept][::-1]]),
        y=np.concatenate([high[kept], low[kept][::-1]]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=line["color"],
        opacity=0.25,
        name="mean ± spread",
        showlegend=False,
        hoverinfo="skip",
        row=row,
        col=1,
    )


def _sampled(history: RunHistory) -> Iterator[_Curve]:
    """Every number of every layer, in the order of the samples."""
    found: dict[tuple[str, str], tuple[list[int], list[float]]] = {}
    for sample in history.samples:
        for seen in sample.activities:
            for name, value in seen.values.items():
                steps, values = found.setdefault((seen.layer, name), ([], []))
                steps.append(sample.step)
                values.append(value)
    for (layer, name), (steps, values) in found.items():
        yield _Curve(
            layer, name, np.array(steps, np.int64), np.array(values, np.float64)
        )


def _dead(history: RunHistory) -> Iterator[_Curve]:
    """Of each layer the variable with most dead units, if it ever has any."""
    names = {measure.name for measure in history.measures}
    if _DEAD not in names or not len(history.steps):
        return
    shares = history[_DEAD]
    targets = history.target_records
    for layer in dict.fromkeys(t.layer for t in targets if t.layer):
        own = [
            i
            for i, target in enumerate(targets)
            if target.layer == layer and not target.gate
        ]
        if len(own) and np.nanmax(shares[:, own], initial=0.0) > 0:
            yield _Curve(
                layer, _DEAD, history.steps, np.fmax.reduce(shares[:, own], 1)
            )
