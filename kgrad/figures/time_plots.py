"""The gradient through time over training: its profiles and its horizon."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from kgrad.figures.canvas import (
    BROKEN,
    SEQUENTIAL,
    finish,
    logarithmic,
    missing,
    pen,
    say,
    stacked,
)
from kgrad.figures.downsample import extremes
from kgrad.figures.filter_by_name import Filter
from kgrad.figures.text import escape, labels_of
from kgrad.figures.time_map_plot import NORM, heading
from kgrad.figures.time_track import (
    HORIZON,
    NO_MEMORY,
    NOTHING,
    track,
    tracks,
)
from kgrad.storage.history import RunHistory

_HORIZON_TITLE = "Horizon over training"
_HORIZON_HEALTHY = (
    "Healthy: it rises to what the task needs and stays there; in an untrained "
    "model it may be far below."
)
_HORIZON_HEIGHT = 300

_PROFILES_TITLE = "Profiles through time"
_PROFILES_HEALTHY = (
    "Healthy: the later curves are nearly flat from the last time step back "
    "to what the task needs. A straight fall to the left is a gradient that "
    "vanishes exponentially, a rise one that explodes."
)
_CURVES = 6
_PROFILES_HEIGHT = 340


def horizon(
    history: RunHistory, *, layers: str = "", dark: bool = False
) -> go.Figure:
    """The horizon of every state of every recurrent layer over the steps.

    The horizon is how many time steps back from the last the gradient
    stays above 1 % of its largest. Samples with a gradient that is not
    finite have none and are marked at the bottom. Layers that the loss
    reads at every step are left out: they have no horizon. The lag that the
    task needs is a dashed line.

    `layers` is a regular expression; layers are left out in whose short name
    it is not found.

    Raises:
        ValueError: If `layers` is not a regular expression.
    """
    chosen = Filter(layers)
    every = tracks(history)
    found = [one for one in every if chosen.passes(one.label)]
    if not found:
        nothing = chosen.nothing if every else NOTHING
        return missing(history, _HORIZON_TITLE, nothing, dark=dark)
    shown = [one for one in found if one.of_memory]
    if not shown:
        return missing(history, _HORIZON_TITLE, NO_MEMORY, dark=dark)
    figure = stacked([_HORIZON_HEIGHT])
    names = labels_of([f"{one.label}[{one.state}]" for one in shown], 32)
    for index, (one, name) in enumerate(zip(shown, names, strict=True)):
        kept = extremes(one.horizons)
        figure.add_scatter(
            x=one.steps[kept],
            y=one.horizons[kept],
            name=name,
            mode="lines+markers" if len(kept) < 60 else "lines",
            line=pen(index, dark),
            hovertemplate=(
                f"{name}<br>step %{{x}}<br>horizon: %{{y}} steps back"
                "<extra></extra>"
            ),
        )
        lost = kept[np.isnan(one.horizons[kept])]
        if len(lost):
            figure.add_scatter(
                x=one.steps[lost],
                y=np.zeros(len(lost)),
                name=f"{name}: NaN or infinite",
                mode="markers",
                marker={"color": BROKEN, "symbol": "x", "size": 8},
                hovertemplate=(
                    f"{name}<br>step %{{x}}<br>gradient is NaN or infinite"
                    "<extra></extra>"
                ),
            )
    longest = max(one.length for one in shown)
    lag = history.setup.lag
    if lag:
        figure.add_hline(
            y=lag,
            line={"color": "#888888", "dash": "dash", "width": 1.5},
            annotation_text=f"the task needs {lag}",
            annotation_position="bottom right",
            annotation_font_size=11,
        )
    if all(np.isnan(one.horizons).all() for one in shown):
        say(figure, "No gradient through time was finite.")
    figure.update_xaxes(title_text="training step")
    figure.update_yaxes(
        title_text=escape(f"horizon, steps back of {longest}"),
        range=[-0.03 * longest, 1.05 * max(longest, lag or 0)],
    )
    return finish(
        figure, _HORIZON_TITLE, _HORIZON_HEALTHY, dark=dark, notes=[HORIZON]
    )


def time_profiles(
    history: RunHistory,
    layer: str | None = None,
    state: str = "h",
    *,
    dark: bool = False,
) -> go.Figure:
    """||dL/dh_t|| by steps back at the first sample, the last, four between.

    A diamond on each curve is its horizon. Time steps whose gradient is 0
    (masked) or not finite have no point. `layer` and `state` are as for
    `time_map`.

    Raises:
        KeyError: If there are profiles, but not of this layer and state.
    """
    one = track(history, layer, state)
    if one is None:
        return missing(history, _PROFILES_TITLE, NOTHING, dark=dark)
    figure = stacked([_PROFILES_HEIGHT])
    count = len(one.steps)
    chosen = np.unique(np.linspace(0, count - 1, _CURVES).round().astype(int))
    # Neither the darkest color on black nor the lightest on white.
    low, high = (0.25, 1.0) if dark else (0.0, 0.85)
    colors = sample_colorscale(
        SEQUENTIAL, list(np.linspace(low, high, max(len(chosen), 2)))
    )
    for index, color in zip(chosen, colors, strict=False):
        norm = one.norm[index]
        drawn = np.where(np.isfinite(norm) & (norm > 0), norm, np.nan)
        broken = not np.isfinite(one.profiles[index].norm).all()
        step = f"step {one.steps[index]:,}"
        name = f"{step}, not finite" if broken else step
        figure.add_scatter(
            x=one.back,
            y=drawn,
            mode="lines",
            line={"color": color, "width": 2},
            name=name,
            legendgroup=name,
            hovertemplate=(
                f"{step}<br>%{{x}} steps back<br>"
                "gradient norm: %{y:.3g}<extra></extra>"
            ),
        )
        reach = one.horizons[index]
        if one.of_memory and np.isfinite(reach):
            figure.add_scatter(
                x=[reach],
                y=[drawn[round(reach / one.stride)]],
                mode="markers",
                marker={"color": color, "size": 11, "symbol": "diamond"},
                name=f"horizon at {step}",
                legendgroup=name,
                showlegend=False,
                hovertemplate=(
                    f"{step}<br>horizon: {reach:.0f} steps back<extra></extra>"
                ),
            )
    lag = history.setup.lag
    if lag and one.of_memory:
        figure.add_vline(
            x=lag,
            line={"color": "#888888", "dash": "dash", "width": 1.5},
            annotation_text=escape(f"the task needs {lag} steps back"),
            annotation_position="top right",
            annotation_font_size=11,
        )
    figure.update_xaxes(title_text=one.axis, range=one.span)
    figure.update_yaxes(title_text=NORM, **logarithmic(one.norm[chosen]))
    notes = (
        [HORIZON, "A diamond on each curve marks it."]
        if one.of_memory
        else [NO_MEMORY]
    )
    return finish(
        figure,
        heading(_PROFILES_TITLE, one),
        _PROFILES_HEALTHY,
        dark=dark,
        notes=notes,
    )
