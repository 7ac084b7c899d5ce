"""The gradient through time of several runs, side by side."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrad.figures.canvas import finish, missing, say
from kgrad.figures.heat import scale_of
from kgrad.figures.text import escape, shorten
from kgrad.figures.time_map_plot import coloraxis, draw_map
from kgrad.figures.time_track import Track, tracks
from kgrad.storage.history import RunHistory

MOST_RUNS = 24
"""More do not fit on a page; the table of runs has all."""

_TITLE = "Runs compared: gradient through time"
_HEALTHY = (
    "Healthy: light from the last time step (top) all the way back to where "
    "the task's information is. All maps share one color scale."
)
_ACROSS = 3
_HEIGHT, _GAP = 150, 58
_SAMPLES = 60
_HEAD = 22
_NAME = 24


def compare(
    histories: Mapping[str, RunHistory],
    state: str = "h",
    *,
    dark: bool = False,
) -> go.Figure:
    """A small map of log10 ||dL/dh_t|| of each run, on one color scale.

    Of each run the first recurrent layer that has the state. A run without
    any says so in its place.

    Args:
        histories: Name to run; of more than 24 the first 24 are shown.
        state: `"h"`, or `"c"` of LSTMs.
        dark: Whether the page is dark.
    """
    if not histories:
        return missing(None, _TITLE, "No run was chosen.", dark=dark)
    shown = dict(list(histories.items())[:MOST_RUNS])
    found = {name: _first(history, state) for name, history in shown.items()}
    across = min(len(shown), _ACROSS)
    down = -(-len(shown) // across)
    height = down * _HEIGHT + (down - 1) * _GAP
    figure = make_subplots(
        rows=down,
        cols=across,
        subplot_titles=[
            escape(shorten(name, _NAME)) for name in _without_parents(shown)
        ],
        vertical_spacing=_GAP / height if down > 1 else 0.0,
        horizontal_spacing=0.07 if across > 1 else 0.0,
    )
    figure.update_layout(height=height)
    figure.update_annotations(font_size=12)
    scale = scale_of([one.norm for one in found.values() if one is not None])
    for index, (name, one) in enumerate(found.items()):
        row, col = index // across + 1, index % across + 1
        if one is None:
            text = f"no gradient<br>through time<br>of {escape(state)}"
            say(figure, text, row, col)
            figure.update_xaxes(visible=False, row=row, col=col)
            figure.update_yaxes(visible=False, row=row, col=col)
            continue
        draw_map(
            figure,
            one,
            shown[name].setup.lag,
            scale,
            samples=_SAMPLES,
            place=(row, col),
        )
        figure.update_xaxes(nticks=4, row=row, col=col)
        figure.update_yaxes(nticks=5, row=row, col=col)
        if col == 1:
            figure.update_yaxes(title_text="time step", row=row, col=col)
        if index + across >= len(shown):
            figure.update_xaxes(title_text="training step", row=row, col=col)
    if any(found.values()):
        figure.update_layout(coloraxis=coloraxis(scale))
    notes = []
    if len(histories) > len(shown):
        notes.append(
            f"The first {len(shown)} of {len(histories)} runs are shown."
        )
    return finish(figure, _TITLE, _HEALTHY, dark=dark, notes=notes, head=_HEAD)


def _first(history: RunHistory, state: str) -> Track | None:
    return next((t for t in tracks(history) if t.state == state), None)


def _without_parents(names: Iterable[str]) -> Iterator[str]:
    """Names of run folders without the folders that all of them are in."""
    names = list(names)
    shared = posixpath.commonprefix([f"{posixpath.dirname(n)}/" for n in names])
    shared = shared[: shared.rfind("/") + 1]
    for name in names:
        yield name.removeprefix(shared)
