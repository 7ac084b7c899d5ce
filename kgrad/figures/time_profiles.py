"""The gradient through time at a few training steps, laid over each other."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from kgrad.figures.canvas import (
    SEQUENTIAL,
    finish,
    logarithmic,
    missing,
    stacked,
)
from kgrad.figures.text import escape
from kgrad.figures.time_map import heading
from kgrad.figures.time_track import FRESH, NOTHING, track
from kgrad.storage.history import RunHistory

_TITLE = "Profiles through time"
_HEALTHY = (
    "Healthy: the later curves are nearly level from the last time step back "
    "to what the task needs; a straight fall is a gradient that vanishes "
    "exponentially, a rise to the left one that explodes."
)
_CURVES = 6
_HEIGHT = 340


def time_profiles(
    history: RunHistory,
    layer: str | None = None,
    state: str = "h",
    *,
    dark: bool = False,
) -> go.Figure:
    """||dL/dh_t|| over t at the first sample, the last, and four between.

    A diamond on each curve is its horizon. Time steps whose gradient is 0
    (masked) or not finite have no point.

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
    count = len(one.steps)
    chosen = np.unique(np.linspace(0, count - 1, _CURVES).round().astype(int))
    # Neither the darkest colour on black nor the lightest on white.
    low, high = (0.25, 1.0) if dark else (0.0, 0.85)
    colours = sample_colorscale(
        SEQUENTIAL, list(np.linspace(low, high, max(len(chosen), 2)))
    )
    for index, colour in zip(chosen, colours, strict=False):
        norm = one.norm[index]
        drawn = np.where(np.isfinite(norm) & (norm > 0), norm, np.nan)
        broken = not np.isfinite(one.profiles[index].norm).all()
        step = f"step {one.steps[index]:,}"
        name = f"{step}, not finite" if broken else step
        figure.add_scatter(
            x=one.times,
            y=drawn,
            mode="lines",
            line={"color": colour, "width": 2},
            name=name,
            legendgroup=name,
            hovertemplate=(
                f"{step}<br>time step %{{x}}<br>"
                "gradient norm: %{y:.3g}<extra></extra>"
            ),
        )
        edge = one.edges[index]
        if one.of_memory and np.isfinite(edge):
            figure.add_scatter(
                x=[edge],
                y=[drawn[round(edge / one.stride)]],
                mode="markers",
                marker={"color": colour, "size": 11, "symbol": "diamond"},
                name=f"horizon at {step}",
                legendgroup=name,
                showlegend=False,
                hovertemplate=(
                    f"{step}<br>horizon: {one.horizons[index]:.0f} steps "
                    "back<extra></extra>"
                ),
            )
    lag = history.setup.lag
    if lag and one.of_memory:
        figure.add_vline(
            x=one.needed(lag),
            line={"color": "#888888", "dash": "dash", "width": 1.5},
            annotation_text=escape(f"the task needs {lag} steps back"),
            annotation_position="top right",
            annotation_font_size=11,
        )
    figure.update_xaxes(
        title_text="time step t",
        range=[-one.stride / 2, one.length - one.stride / 2],
    )
    figure.update_yaxes(
        title_text="L2 norm of ∂L/∂state", **logarithmic(one.norm[chosen])
    )
    notes = ["Diamond: the horizon."] if one.of_memory else [FRESH]
    return finish(
        figure, heading(_TITLE, one), _HEALTHY, dark=dark, notes=notes
    )
