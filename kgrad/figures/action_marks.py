"""What actions did, as marks below the loss."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.text import wrap
from kgrad.storage.history import RunHistory

MOST = 500
"""So many marks of an action; of more, as many from all over the run."""

_HOVER = 60
_MARKS = {
    "skip": ("left out", "#D55E00", "triangle-up"),
    "restore": ("put back", "#009E73", "triangle-left"),
    "stop": ("stopped", "#882255", "square"),
}
"""Of clipping, which goes on all the time, the norms tell more."""


def mark_actions(figure: go.Figure, history: RunHistory, row: int) -> None:
    """Marks each step at which an action did something.

    Args:
        figure: The figure, with the losses drawn.
        history: The run.
        row: The row of the figure.
    """
    losses = history.loss[np.isfinite(history.loss)]
    level = float(losses.min()) if len(losses) else 1.0
    for action, (word, colour, symbol) in _MARKS.items():
        acts = [act for act in history.actions if act.action == action]
        if not acts:
            continue
        places = np.linspace(0, len(acts) - 1, min(len(acts), MOST))
        shown = [acts[i] for i in places.astype(int)]
        figure.add_scatter(
            x=[act.step for act in shown],
            y=[level] * len(shown),
            name=f"{action}: {word}",
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 9},
            text=[wrap(act.what, _HOVER) for act in shown],
            hovertemplate="step %{x}<br>%{text}<extra></extra>",
            row=row,
            col=1,
        )
