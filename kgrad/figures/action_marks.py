"""What actions did, as marks below the loss."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.text import wrap
from kgrad.storage.history import RunHistory

MOST = 500
"""Marks of an action at most; of more, this many from all over the run."""

_HOVER = 60
_MARKS = {
    "skip": ("skipped", "#D55E00", "triangle-up"),
    "restore": ("restored", "#009E73", "triangle-left"),
    "stop": ("stopped", "#882255", "square"),
}
"""Not of clipping, which happens all the time: the norms say more."""


def mark_actions(figure: go.Figure, history: RunHistory, row: int) -> None:
    """Marks each step at which an action did something.

    Args:
        figure: The figure, with the losses drawn.
        history: The run.
        row: The row of the figure.
    """
    losses = history.loss[np.isfinite(history.loss)]
    level = float(losses.min()) if len(losses) else 1.0
    for action, (word, color, symbol) in _MARKS.items():
        records = [r for r in history.actions if r.action == action]
        if not records:
            continue
        places = np.linspace(0, len(records) - 1, min(len(records), MOST))
        shown = [records[i] for i in places.astype(int)]
        figure.add_scatter(
            x=[record.step for record in shown],
            y=[level] * len(shown),
            name=f"{action}: {word}",
            mode="markers",
            marker={"color": color, "symbol": symbol, "size": 9},
            text=[wrap(record.what, _HOVER) for record in shown],
            hovertemplate="step %{x}<br>%{text}<extra></extra>",
            row=row,
            col=1,
        )
