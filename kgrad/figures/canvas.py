"""What all figures share: colors, title, axes, and a note if data are missing.

Every figure has one title, one line below it that says what a healthy run
looks like, a transparent background, and as much height as it needs; its
width is that of the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrad.figures.text import wrap
from kgrad.records import Array
from kgrad.storage.history import RunHistory

SEQUENTIAL = "Viridis"
"""Color map of numbers: even steps, readable by color-blind people."""

BROKEN = "#D55E00"
"""What is NaN or infinite, in every figure; not a color of the map."""

ZERO = "#999999"
"""What is exactly zero, which has no logarithm."""

_LINES = {
    False: ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#000000"),
    True: ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#FFFFFF"),
}
"""Okabe and Ito's colors that show on a light and on a dark page."""

DASHES = ("solid", "dash", "dot", "dashdot")

_GRID = "rgba(128, 128, 128, 0.25)"
_LINE = 17
_TITLE = 44
_FOOT = 52
_GAP = 28
_LEGEND = 28
_WIDTH = 112
"""Characters of a line that fits a page of 700 pixels."""


def stacked(heights: Sequence[int], apart: int = 0) -> go.Figure:
    """Plots below each other; sizes are in pixels.

    They share the steps, but for so many at the end, which have axes of their
    own and room for the marks and the title of the axis above.
    """
    shared = len(heights) - apart
    gaps = [_GAP if i < shared else _FOOT for i in range(1, len(heights))]
    total = sum(heights) + sum(gaps)
    figure = make_subplots(rows=len(heights), cols=1, shared_xaxes=True)
    top = total
    for row, (height, gap) in enumerate(
        zip(heights, [*gaps, 0], strict=True), 1
    ):
        domain = [(top - height) / total, top / total]
        figure.update_yaxes(domain=domain, row=row, col=1)
        top -= height + gap
        figure.update_xaxes(
            matches=f"x{shared if shared > 1 else ''}"
            if row < shared
            else None,
            showticklabels=row >= shared,
            row=row,
            col=1,
        )
    figure.update_layout(height=total)
    return figure


def finish(
    figure: go.Figure,
    title: str,
    healthy: str,
    *,
    dark: bool,
    notes: Sequence[str] = (),
    legend: bool = True,
    head: int = 0,
) -> go.Figure:
    """Title, margins and theme; `layout.height` is that of the plots so far.

    The title is escaped already, `healthy` and `notes` are plain text, and
    `head` is how many pixels there are above the plots for something else.
    """
    below = "<br>".join(
        wrap(text, _WIDTH) for text in (healthy, *notes) if text
    )
    # Plotly sets a single line lower than the first of several.
    top = head + _TITLE + _LINE * max(below.count("<br>") + 1, 2)
    room = _LEGEND if legend else 0
    figure.update_layout(
        template="plotly_dark" if dark else "plotly_white",
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        height=figure.layout.height + top + _FOOT + room,
        margin={"l": 64, "r": 24, "t": top, "b": _FOOT},
        title={
            "text": title,
            "subtitle": {"text": below, "font": {"size": 12}},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"l": 12, "t": 12},
            "font": {"size": 16},
        },
        showlegend=legend,
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "font": {"size": 11},
        },
        hoverlabel={"align": "left", "namelength": -1, "font": {"size": 12}},
    )
    figure.update_xaxes(
        gridcolor=_GRID,
        zeroline=False,
        exponentformat="none",
        separatethousands=True,
        title_standoff=8,
    )
    figure.update_yaxes(gridcolor=_GRID, zeroline=False, title_standoff=8)
    return figure


def missing(
    history: RunHistory | None, title: str, sentence: str, *, dark: bool
) -> go.Figure:
    """A figure that says why it shows no data; the title is escaped."""
    damage = history.damage[:1] if history is not None else ()
    text = "<br>".join(wrap(part, 70) for part in (sentence, *damage))
    figure = stacked([160])
    say(figure, text)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return finish(figure, title, "", dark=dark, legend=False)


def say(figure: go.Figure, text: str, row: int = 1, col: int = 1) -> None:
    """Writes an escaped sentence where a plot has nothing to show."""
    plot = figure.get_subplot(row, col)
    # Not in the coordinates of axes: Plotly has none where nothing is drawn.
    figure.add_annotation(
        text=text,
        x=sum(plot.xaxis.domain) / 2,
        y=sum(plot.yaxis.domain) / 2,
        xref="paper",
        yref="paper",
        showarrow=False,
        font={"size": 13},
    )
    figure.update_yaxes(showticklabels=False, showgrid=False, row=row, col=col)


def logarithmic(values: Array) -> dict[str, Any]:
    """A logarithmic axis for these numbers, marked at powers of ten only."""
    logs = np.log10(values[np.isfinite(values) & (values > 0)])
    decades = float(np.ptp(logs)) if len(logs) else 0.0
    marks = {"dtick": math.ceil(decades / 6)} if decades >= 2 else {}
    return {"type": "log", "exponentformat": "power", **marks}


def pen(index: int, dark: bool) -> dict[str, Any]:
    """Color and dash of the line with this number, as Plotly wants it."""
    colors = _LINES[dark]
    return {
        "color": colors[index % len(colors)],
        "dash": DASHES[index // len(colors) % len(DASHES)],
        "width": 1.8,
    }
