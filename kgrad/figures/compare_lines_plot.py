"""Several runs, a line each: in one plot, or each on a scale of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.canvas import (
    BROKEN,
    DASHES,
    finish,
    logarithmic,
    missing,
    say,
    stacked,
)
from kgrad.figures.filter_by_name import Filter
from kgrad.figures.run_lines import Line, healthy, line_of
from kgrad.figures.small_plots import HEAD, found_in, small_plots
from kgrad.figures.text import escape, labels_of, shorten
from kgrad.report.pictures import is_wide
from kgrad.storage.history import RunHistory

_HEIGHT = 340
_LABEL = 28
_ROW = 19
_CHARACTER, _SAMPLE, _WIDTH = 6.5, 50, 650
"""Pixels of an entry of the legend, and of a page that is narrow."""

_ILL = {
    False: ("#D55E00", "#CC79A7", "#882255", "#E69F00"),
    True: ("#FF8C42", "#E8A0C8", "#FF6F91", "#F0C04A"),
}
_WELL = {
    False: ("#0072B2", "#009E73", "#56B4E9", "#44546A"),
    True: ("#56B4E9", "#3CC9A0", "#9AD5F7", "#C9D3E0"),
}
"""Warm where something was found, cool where nothing was."""


def compare_lines(
    runs: Mapping[str, RunHistory],
    what: str,
    layers: Filter,
    *,
    own_scale: bool,
    dark: bool,
    notes: Sequence[str],
) -> go.Figure:
    """A line of each run; `what` and `layers` as for `line_of`."""
    title = f"Runs compared: {escape(what.replace('_', ' '))}"
    if layers:
        title += f" of {escape(shorten(layers.pattern, _LABEL))}"
    below = healthy(list(runs.values()), what)
    found = {name: line_of(run, what, layers) for name, run in runs.items()}
    lines = {name: line for name, line in found.items() if line is not None}
    if not lines:
        nothing = "No run that is compared has such numbers."
        if layers:
            nothing += f" The filter is {layers.pattern}"
        return missing(None, title, nothing, dark=dark)
    metrics = dict.fromkeys(line.name for line in lines.values())
    label = escape(shorten(next(iter(metrics)) or what.replace("_", " "), 24))
    if len(metrics) > 1:
        label = "metric"
    lacking = [name for name in runs if name not in lines]
    ill = [run for run in runs.values() if run.diagnoses]
    colors = []
    if ill and len(ill) < len(runs):
        colors.append("Warm colors: something was found. Cool: nothing was.")
    if lacking and not own_scale:
        colors.append(f"Without such numbers: {', '.join(lacking)}.")
    pens = _pens(runs, dark)
    marks = dict(zip(runs, labels_of(list(runs), _LABEL), strict=True))
    values = np.concatenate([line.values for line in lines.values()])
    if own_scale:
        grid = small_plots(runs)
        figure = grid.plots
        for place, name in zip(grid.places, runs, strict=True):
            if name in lines:
                _draw(figure, lines[name], marks[name], pens[name], place)
                _scale(figure, what, lines[name].values, place)
            else:
                say(figure, "no such numbers", *place)
        grid.label(label, "training step")
    else:
        figure = stacked([_HEIGHT])
        for name, line in lines.items():
            sign = found_in(runs[name])
            mark = f"{marks[name]}: {sign}" if sign else marks[name]
            _draw(figure, line, mark, pens[name], (1, 1))
        _scale(figure, what, values, (1, 1))
        figure.update_yaxes(title_text=label)
        figure.update_xaxes(title_text="training step")
    figure = finish(
        figure,
        title,
        below,
        dark=dark,
        notes=[*colors, *notes],
        legend=not own_scale,
        head=HEAD if own_scale else 0,
    )
    return figure if own_scale else _with_legend(figure)


def _pens(
    runs: Mapping[str, RunHistory], dark: bool
) -> dict[str, dict[str, Any]]:
    """A line's color by whether something was found, and then its dash."""
    pens, seen = {}, {False: 0, True: 0}
    for name, run in runs.items():
        ill = bool(run.diagnoses)
        colors = (_ILL if ill else _WELL)[dark]
        dash = DASHES[seen[ill] // len(colors) % len(DASHES)]
        color = colors[seen[ill] % len(colors)]
        pens[name] = {"color": color, "dash": dash, "width": 1.8}
        seen[ill] += 1
    return pens


def _draw(
    figure: go.Figure,
    line: Line,
    mark: str,
    pen: dict[str, Any],
    place: tuple[int, int],
) -> None:
    row, col = place
    few = len(line.steps) < 60
    figure.add_scatter(
        x=line.steps,
        y=line.values,
        mode="lines+markers" if few else "lines",
        line=pen,
        marker={"size": 5},
        name=mark,
        hovertemplate=f"{mark}<br>step %{{x}}: %{{y:.4~g}}<extra></extra>",
        row=row,
        col=col,
    )
    if len(line.lost):
        finite = line.values[np.isfinite(line.values)]
        figure.add_scatter(
            x=line.lost,
            y=np.full(len(line.lost), finite.max() if len(finite) else 1.0),
            mode="markers",
            marker={"color": BROKEN, "symbol": "x", "size": 7},
            name=f"{mark}: NaN or infinite",
            showlegend=False,
            hovertemplate=(
                f"{mark}<br>step %{{x}}: NaN or infinite<extra></extra>"
            ),
            row=row,
            col=col,
        )


def _scale(
    figure: go.Figure, what: str, values: Any, place: tuple[int, int]
) -> None:
    row, col = place
    if what.endswith("_share"):
        figure.update_yaxes(
            tickformat=".0%", range=[-0.04, 1.04], row=row, col=col
        )
    elif what not in ("metric", "horizon") and is_wide(values):
        figure.update_yaxes(**logarithmic(values), row=row, col=col)


def _with_legend(figure: go.Figure) -> go.Figure:
    """Room for a legend of several rows, which grows upward."""
    width = sum(
        len(trace.name) * _CHARACTER + _SAMPLE
        for trace in figure.data
        if trace.showlegend is not False
    )
    more = _ROW * (math.ceil(width / _WIDTH) - 1)
    figure.update_layout(
        height=figure.layout.height + more,
        margin_b=figure.layout.margin.b + more,
    )
    return figure
