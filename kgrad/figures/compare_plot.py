"""Several runs, side by side: their maps through time, or a line of each."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

import plotly.graph_objects as go

from kgrad.figures.canvas import finish, missing, say
from kgrad.figures.compare_lines_plot import compare_lines
from kgrad.figures.filter_by_name import Filter
from kgrad.figures.heat import scale_of
from kgrad.figures.run_lines import track_of
from kgrad.figures.small_plots import HEAD, small_plots
from kgrad.figures.text import escape
from kgrad.figures.time_map_plot import NORM, draw_map
from kgrad.figures.time_track import HORIZON
from kgrad.records.numbers import number
from kgrad.storage.history import RunHistory

MOST_RUNS = 24
"""More do not fit on a page; the table of runs has all."""

_TITLE = "Runs compared: gradient through time"
_HEALTHY = (
    "Healthy: light from the last time step (top) all the way back to where "
    f"the task's information is. {HORIZON}"
)
_SAMPLES = 60


def compare(
    histories: Mapping[str, RunHistory],
    state: str = "h",
    *,
    show: str = "time_map",
    layers: str = "",
    own_scale: bool = False,
    dark: bool = False,
) -> go.Figure:
    """Several runs by one thing: side by side, or as lines in one plot.

    Of more than 24 runs the first 24 are shown. A run that has no such
    numbers says so.

    Args:
        histories: The runs by name.
        state: Of maps: `"h"`, or `"c"` of LSTMs.
        show: `"time_map"`, a small map of log10 ||dL/dh_t|| of each run; or
            what is drawn as a line: `"loss"`, `"metric"`, `"horizon"`, an
            activity such as `"silent_unit_share"`, or a statistic such as
            `"gradient_norm"`.
        layers: A regular expression. Maps, horizons and activities are those
            of layers in whose name it is found; a statistic is then that of
            the largest of their variables, otherwise that of the whole
            model.
        own_scale: Whether each run has a scale of its own.
        dark: Whether the page is dark.

    Raises:
        KeyError: If no run has measured what is to be shown.
        ValueError: If `layers` is not a regular expression.
    """
    chosen = Filter(layers)
    if not histories:
        return missing(None, _TITLE, "No run was chosen.", dark=dark)
    names = _without_parents(histories)
    shown = dict(list(zip(names, histories.values(), strict=True))[:MOST_RUNS])
    notes = []
    if len(histories) > len(shown):
        notes.append(
            f"The first {len(shown)} of {len(histories)} runs are shown."
        )
    if show != "time_map":
        return compare_lines(
            shown, show, chosen, own_scale=own_scale, dark=dark, notes=notes
        )
    return _compare_maps(
        shown, state, chosen, own_scale=own_scale, dark=dark, notes=notes
    )


def _compare_maps(
    shown: Mapping[str, RunHistory],
    state: str,
    layers: Filter,
    *,
    own_scale: bool,
    dark: bool,
    notes: list[str],
) -> go.Figure:
    found = {name: track_of(run, state, layers) for name, run in shown.items()}
    shared = scale_of([one.norm for one in found.values() if one is not None])
    ranges = {}
    if own_scale:
        notes = ["Each map has colors of its own.", *notes]
        ranges = {
            name: f"{number(10**scale.low, 1)} to {number(10**scale.high, 1)}"
            for name, one in found.items()
            if one is not None and (scale := scale_of([one.norm]))
        }
    else:
        notes = ["All maps share their colors.", *notes]
    figure = small_plots(shown, ranges)
    for index, (name, one) in enumerate(found.items()):
        row, col = figure.places[index]
        if one is None:
            text = f"no gradient<br>through time<br>of {escape(state)}"
            say(figure.plots, text, row, col)
            figure.plots.update_xaxes(visible=False, row=row, col=col)
            figure.plots.update_yaxes(visible=False, row=row, col=col)
            continue
        scale, axis = shared, "coloraxis"
        if own_scale:
            scale = scale_of([one.norm])
            axis = f"coloraxis{index + 1}" if index else "coloraxis"
            colors = scale.coloraxis(NORM) | {"showscale": False}
            figure.plots.update_layout({axis: colors})
        draw_map(
            figure.plots,
            one,
            shown[name].setup.lag,
            scale,
            samples=_SAMPLES,
            place=(row, col),
            coloraxis=axis,
        )
    figure.label("steps back", "training step")
    if any(found.values()) and not own_scale:
        figure.plots.update_layout(coloraxis=shared.coloraxis(NORM))
    return finish(
        figure.plots, _TITLE, _HEALTHY, dark=dark, notes=notes, head=HEAD
    )


def _without_parents(names: Iterable[str]) -> Iterator[str]:
    """Names of run folders without the folders that all of them are in."""
    names = list(names)
    shared = posixpath.commonprefix([f"{posixpath.dirname(n)}/" for n in names])
    shared = shared[: shared.rfind("/") + 1]
    for name in names:
        yield name.removeprefix(shared)
