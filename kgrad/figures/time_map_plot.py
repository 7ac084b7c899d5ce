"""How far back the gradient reaches, and how that changed in training."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.canvas import finish, missing, stacked
from kgrad.figures.downsample import extremes
from kgrad.figures.heat import Scale, add_heat, in_legend, scale_of
from kgrad.figures.text import escape, shorten
from kgrad.figures.time_track import (
    HORIZON,
    NO_MEMORY,
    NOTHING,
    SAMPLES,
    Track,
    track,
)
from kgrad.storage.history import RunHistory

NORM = "L2 norm of ∂L/∂state"
_TITLE = "Gradient through time"
_HEALTHY = (
    "Healthy: once the task is learned, the color hardly fades from the last "
    "time step (top) back to what the task needs, and the horizon reaches that "
    "far."
)
_HEIGHT = 360
_PINK = "#FF66B3"


def time_map(
    history: RunHistory,
    layer: str | None = None,
    state: str = "h",
    *,
    dark: bool = False,
) -> go.Figure:
    """A heat map of log10 ||dL/dh_t||: steps back by training step.

    The horizon is drawn on it: from the last time step down to the line,
    the gradient stays above 1 % of its largest. Where the lag that the task
    needs is known, a dashed line shows it.

    `layer` is the path of a recurrent layer or the last part of it, by
    default the first; `state` is `"h"`, or `"c"` of an LSTM.

    Raises:
        KeyError: If there are profiles, but not of this layer and state.
    """
    one = track(history, layer, state)
    if one is None:
        return missing(history, _TITLE, NOTHING, dark=dark)
    figure = stacked([_HEIGHT])
    scale = scale_of([one.norm])
    draw_map(figure, one, history.setup.lag, scale)
    figure.update_layout(coloraxis=scale.coloraxis(NORM))
    figure.update_xaxes(title_text="training step")
    figure.update_yaxes(title_text=one.axis)
    return finish(
        figure,
        heading(_TITLE, one),
        _HEALTHY,
        dark=dark,
        notes=(HORIZON if one.of_memory else NO_MEMORY,),
    )


def heading(title: str, one: Track) -> str:
    """`"Gradient through time: lstm, state h"`, escaped."""
    label = escape(shorten(one.label, 36))
    return f"{title}: {label}, state {escape(shorten(one.state, 12))}"


def draw_map(
    figure: go.Figure,
    one: Track,
    lag: int | None,
    scale: Scale,
    *,
    samples: int = SAMPLES,
    place: tuple[int, int] = (1, 1),
    coloraxis: str = "coloraxis",
) -> None:
    """The map of one layer, the horizon and what the task needs."""
    row, col = place
    grid = one.grid(samples)
    add_heat(
        figure,
        grid.steps,
        grid.back,
        grid.norm,
        grid.broken,
        scale=scale,
        where="training step %{x}<br>%{y} steps back",
        what="gradient norm",
        place=place,
        coloraxis=coloraxis,
    )
    if one.of_memory:
        kept = extremes(one.horizons, len(grid.steps))
        _line(
            figure,
            one.steps[kept],
            one.horizons[kept],
            "horizon",
            place,
            text=[
                "not known" if np.isnan(h) else f"{h:.0f} steps back"
                for h in one.horizons[kept]
            ],
        )
    if lag and one.of_memory:
        _line(
            figure,
            grid.steps[[0, -1]],
            np.full(2, lag),
            "what the task needs",
            place,
            text=[f"{lag} steps back"] * 2,
            dash="9px,6px",
        )
    figure.update_yaxes(
        range=one.span,
        showgrid=False,
        row=row,
        col=col,
    )
    figure.update_xaxes(showgrid=False, row=row, col=col)


def _line(
    figure: go.Figure,
    x: Any,
    y: Any,
    name: str,
    place: tuple[int, int],
    *,
    text: list[str],
    dash: str = "solid",
) -> None:
    """Pink on black: seen on every color of the map and of the page."""
    for color, width in (("#000000", 4.5), (_PINK, 2.2)):
        on_top = color == _PINK
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines" if len(x) > 1 else "markers",
            line={"color": color, "width": width, "dash": dash},
            marker={"color": color, "size": 2 * width, "symbol": "square"},
            text=text,
            name=name,
            legendgroup=name,
            showlegend=on_top and not in_legend(figure, name),
            hoverinfo="skip" if not on_top else None,
            hovertemplate=(
                f"training step %{{x}}<br>{name}: %{{text}}<extra></extra>"
                if on_top
                else None
            ),
            row=place[0],
            col=place[1],
        )
