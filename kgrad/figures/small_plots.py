"""A small plot of each run, with its name and what was found above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrad.figures.canvas import BROKEN
from kgrad.figures.text import escape, shorten
from kgrad.storage.history import RunHistory

HEAD = 38
"""Pixels above the first row, for the names."""

_ACROSS = 3
_HEIGHT, _GAP = 150, 78
_NAME = 28


@dataclass(frozen=True)
class SmallPlots:
    """A figure of small plots, and the row and column of each."""

    plots: go.Figure
    places: tuple[tuple[int, int], ...]

    def label(self, y: str, x: str) -> None:
        """Titles of the axes, at the left and below."""
        across = max(col for _, col in self.places)
        for index, (row, col) in enumerate(self.places):
            self.plots.update_xaxes(nticks=4, row=row, col=col)
            self.plots.update_yaxes(nticks=5, row=row, col=col)
            if col == 1:
                self.plots.update_yaxes(title_text=y, row=row, col=col)
            if index + across >= len(self.places):
                self.plots.update_xaxes(title_text=x, row=row, col=col)


def small_plots(
    runs: Mapping[str, RunHistory], ranges: Mapping[str, str] | None = None
) -> SmallPlots:
    """An empty plot for each run.

    Args:
        runs: The runs by name.
        ranges: By name what a plot's own scale shows, behind its name.
    """
    # Four are two and two: an ill run stands beside a healthy one.
    across = 2 if len(runs) == 4 else min(len(runs), _ACROSS)
    down = -(-len(runs) // across)
    height = down * _HEIGHT + (down - 1) * _GAP
    plots = make_subplots(
        rows=down,
        cols=across,
        subplot_titles=[
            _heading(name, run, (ranges or {}).get(name, ""))
            for name, run in runs.items()
        ],
        vertical_spacing=_GAP / height if down > 1 else 0.0,
        horizontal_spacing=0.07 if across > 1 else 0.0,
    )
    plots.update_layout(height=height)
    plots.update_annotations(font_size=12)
    for title, run in zip(plots.layout.annotations, runs.values(), strict=True):
        if run.diagnoses:
            title.font.color = BROKEN
    places = [
        (index // across + 1, index % across + 1) for index in range(len(runs))
    ]
    return SmallPlots(plots, tuple(places))


def found_in(run: RunHistory) -> str:
    """The gravest sign of a run, escaped, `""` if there is none."""
    if not run.diagnoses:
        return ""
    return escape(shorten(run.diagnoses[0].cause.sign.replace("_", " "), _NAME))


def _heading(name: str, run: RunHistory, own_range: str) -> str:
    lines = [escape(shorten(name, _NAME))]
    if own_range:
        lines[0] += f": {own_range}"
    found = found_in(run)
    return "<br>".join([*lines, found] if found else lines)
