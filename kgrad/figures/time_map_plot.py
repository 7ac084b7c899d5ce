"""How far back the gradient reaches, and how that changed in training."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.canvas import SEQUENTIAL, finish, missing, stacked
from kgrad.figures.downsample import extremes
from kgrad.figures.heat import Scale, add_heat, in_legend, scale_of
from kgrad.figures.text import escape, shorten
from kgrad.figures.time_track import NO_MEMORY, NOTHING, Track, track
from kgrad.storage.history import RunHistory

BAR = "L2 norm of ∂L/∂state"
"""Title of the color bar of a map."""

_TITLE = "Gradient through time"
_HEALTHY = (
    "Healthy: once the task is learned, the color hardly fades from the last "
    "time step back to what the task needs, and the horizon reaches that far."
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
    """A heat map of log10 ||dL/dh_t||: time step t by training step.

    The horizon is drawn on it: from the last time step down to the line,
    the gradient stays above 1 % of its largest. Where the lag that the task
    needs is known, a dashed line shows it.

    Args:
        history: The run.
        layer: Path of a recurrent layer, or the last part of it; None is
            the first one.
        state: `"h"`, or `"c"` of an LSTM.
        dark: Whether the page is dark.

    Raises:
        KeyError: If there are profiles, but not of this layer and state.
    """
    one = track(history, layer, state)
    if one is None:
        return missing(history, _TITLE, NOTHING, dark=dark)
    figure = stacked([_HEIGHT])
    scale = scale_of([one.norm])
    draw_map(figure, one, history.setup.lag, scale)
    figure.update_layout(coloraxis=coloraxis(scale))
    figure.update_xaxes(title_text="training step")
    figure.update_yaxes(
        title_text="time step t, read from the end"
        if one.backwards
        else "time step t"
    )
    return finish(
        figure,
        heading(_TITLE, one),
        _HEALTHY,
        dark=dark,
        notes=() if one.of_memory else (NO_MEMORY,),
    )


def heading(title: str, one: Track) -> str:
    """`"Gradient through time: lstm, state h"`, escaped."""
    label = escape(shorten(one.label, 36))
    return f"{title}: {label}, state {escape(shorten(one.state, 12))}"


def coloraxis(scale: Scale) -> dict[str, Any]:
    """The colors that all maps of a figure share."""
    return {
        "colorscale": SEQUENTIAL,
        "cmin": scale.low,
        "cmax": scale.high,
        "colorbar": scale.bar(BAR),
    }


def draw_map(
    figure: go.Figure,
    one: Track,
    lag: int | None,
    scale: Scale,
    *,
    samples: int | None = None,
    place: tuple[int, int] = (1, 1),
) -> None:
    """The map of one layer, the horizon and what the task needs.

    Args:
        figure: Changed in place; has the color axis.
        one: What is drawn.
        lag: How many time steps back the task needs, None if not
            known.
        scale: Which norm has which color.
        samples: Columns at most.
        place: Row and column of the plot.
    """
    row, col = place
    grid = one.grid() if samples is None else one.grid(samples)
    add_heat(
        figure,
        grid.steps,
        grid.times,
        grid.norm,
        grid.broken,
        scale=scale,
        where="training step %{x}<br>time step %{y}",
        what="gradient norm",
        place=place,
    )
    if one.of_memory:
        kept = extremes(one.edges, len(grid.steps))
        _line(
            figure,
            one.steps[kept],
            one.edges[kept],
            "horizon",
            place,
            text=[
                "not known" if np.isnan(h) else f"{h:.0f} steps back"
                for h in one.horizons[kept]
            ],
        )
    if lag and one.of_memory:
        needed = one.needed(lag)
        _line(
            figure,
            grid.steps[[0, -1]],
            np.full(2, needed),
            "what the task needs",
            place,
            text=[f"{lag} steps back"] * 2,
            dash="9px,6px",
        )
    figure.update_yaxes(
        range=[-one.stride / 2, one.length - one.stride / 2],
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
