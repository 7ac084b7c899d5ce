"""How many steps back the gradient reached, over training."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.canvas import (
    BROKEN,
    finish,
    missing,
    pen,
    say,
    stacked,
)
from kgrad.figures.decimate import extremes
from kgrad.figures.text import escape, labels_of
from kgrad.figures.time_track import FRESH, NOTHING, tracks
from kgrad.storage.history import RunHistory

_TITLE = "Horizon over training"
_HEALTHY = (
    "Healthy: it rises to what the task needs and stays there; in a new model "
    "it may be far below."
)
_HEIGHT = 300


def horizon(history: RunHistory, *, dark: bool = False) -> go.Figure:
    """The horizon of every state of every recurrent layer over the steps.

    The horizon is how many time steps back from the last the gradient
    stays above 1 % of its largest. Samples with a gradient that is not
    finite have none and are marked at the bottom. Layers that the loss
    reads at every step are left out: they have no horizon.

    Args:
        history: The run; the lag that its task needs is a dashed line.
        dark: Whether the page is dark.
    """
    found = tracks(history)
    if not found:
        return missing(history, _TITLE, NOTHING, dark=dark)
    shown = [one for one in found if one.of_memory]
    if not shown:
        return missing(history, _TITLE, FRESH, dark=dark)
    figure = stacked([_HEIGHT])
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
    return finish(figure, _TITLE, _HEALTHY, dark=dark)
