"""What all figures share: colours, title, axes, and a word if data are missing.

Every figure has one title, one line below it that says what a healthy run
looks like, a transparent background, and as much height as it needs; its
width is that of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrad.figures.text import wrap
from kgrad.history import History

SEQUENTIAL = "Viridis"
"""Colour map of numbers: even steps, readable by colour-blind people."""

BROKEN = "#D55E00"
"""What is NaN or infinite, in every figure; not a colour of the map."""

ZERO = "#999999"
"""What is exactly zero, which has no logarithm."""

_LINES = {
    False: ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#000000"),
    True: ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#FFFFFF"),
}
"""Okabe and Ito's colours that show on a light and on a dark page."""

_DASHES = ("solid", "dash", "dot", "dashdot")

_GRID = "rgba(128, 128, 128, 0.25)"
_LINE = 17
_TITLE = 44
_FOOT = 56
_LEGEND = 28
_WIDTH = 88
"""Characters of a line that fits a page of 700 pixels."""


def stacked(heights: Sequence[int], gap: int = 28) -> go.Figure:
    """Plots below each other that share the steps.

    Args:
        heights: Height of each in pixels.
        gap: Pixels between them.
    """
    total = sum(heights) + gap * (len(heights) - 1)
    figure = make_subplots(
        rows=len(heights),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=gap / total if len(heights) > 1 else 0.0,
        row_heights=[height / total for height in heights],
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
) -> go.Figure:
    """Title, margins and theme; `layout.height` is that of the plots so far.

    Args:
        figure: Changed in place.
        title: One line, already escaped.
        healthy: What a healthy run looks like; plain text.
        dark: Whether the page is dark.
        notes: What else must be known to read the figure; plain text.
        legend: Whether there is one.
    """
    lines = [wrap(text, _WIDTH) for text in (healthy, *notes) if text]
    below = "<br>".join(lines)
    top = _TITLE + _LINE * (below.count("<br>") + 1)
    bottom = _FOOT + (_LEGEND if legend else 0)
    figure.update_layout(
        template="plotly_dark" if dark else "plotly_white",
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        height=figure.layout.height + top + bottom,
        margin={"l": 64, "r": 24, "t": top, "b": bottom},
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
    history: History | None, title: str, sentence: str, *, dark: bool
) -> go.Figure:
    """A figure that says, instead of showing data, that there are none.

    Args:
        history: What was read; its damage is told, too.
        title: As of the figure that cannot be drawn, escaped.
        sentence: What is missing; plain text.
        dark: Whether the page is dark.
    """
    damage = history.damage[:1] if history is not None else ()
    text = "<br>".join(wrap(part, 70) for part in (sentence, *damage))
    figure = go.Figure(layout={"height": 160})
    say(figure, text, xref="paper", yref="paper")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return finish(figure, title, "", dark=dark, legend=False)


def say(figure: go.Figure, text: str, *, xref: str, yref: str) -> None:
    """Writes a sentence into the middle of a plot that has nothing to show.

    Args:
        figure: Changed in place.
        text: Already escaped.
        xref: `"x2 domain"`, `"paper"`.
        yref: Likewise.
    """
    figure.add_annotation(
        text=text,
        x=0.5,
        y=0.5,
        xref=xref,
        yref=yref,
        showarrow=False,
        font={"size": 13},
    )


def say_in_row(figure: go.Figure, row: int, text: str) -> None:
    """Writes it into one of the plots of `stacked`, and hides its marks."""
    suffix = "" if row == 1 else str(row)
    say(figure, text, xref=f"x{suffix} domain", yref=f"y{suffix} domain")
    figure.update_yaxes(showticklabels=False, showgrid=False, row=row, col=1)


def pen(index: int, dark: bool) -> dict[str, Any]:
    """Colour and dash of the line with this number, as Plotly wants it."""
    colours = _LINES[dark]
    return {
        "color": colours[index % len(colours)],
        "dash": _DASHES[index // len(colours) % len(_DASHES)],
        "width": 1.8,
    }
