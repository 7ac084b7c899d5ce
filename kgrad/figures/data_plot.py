"""What goes into the steps, what comes out, and what it is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import plotly.graph_objects as go

from kgrad.figures.canvas import finish, missing, pen, stacked
from kgrad.figures.data_series import (
    WORDS,
    OutputSeries,
    TensorSeries,
    fed,
    outputs,
)
from kgrad.figures.output_plots import (
    Draw,
    draw_classes,
    draw_largest_class,
    draw_spread,
)
from kgrad.figures.range_plots import draw_ranges
from kgrad.figures.text import escape, shorten
from kgrad.records import Role
from kgrad.storage.history import RunHistory

MOST = 6
"""Inputs, and outputs, that have room in one figure."""

_PENS: dict[Role, int] = {
    "target": 0,
    "prediction": 1,
    "input": 2,
    "sample_weight": 3,
}
"""Which color each role has: predictions stand out from their targets."""

_TITLE = "Data: inputs, targets and predictions"
_HEALTHY = (
    "Healthy: inputs of the order of 1 (but for ids of an Embedding), "
    "predictions that grow into the range and the spread of their targets, and "
    "classes that are predicted about as often as they occur."
)
_LEGEND = (
    "Line: mean of the batch; dark: one standard deviation around it; light: "
    "smallest to largest."
)
_NOTHING = (
    "Nothing is known of the data. Either no step was sampled "
    "(`time_every=None`), or the run was measured by an older version, or in a "
    "loop without `monitor.observe(x, y, y_pred)`."
)

_HEIGHT = 115
_LABEL = 16


def data(history: RunHistory, *, dark: bool = False) -> go.Figure:
    """Inputs, targets and predictions of each output over the steps.

    From the top: the range of each input and of sample weights, from the
    smallest entry of the sampled batch to the largest; targets and
    predictions, on one axis where their numbers can be compared; of numbers,
    how much predictions and targets differ between samples; of classes, the
    share of the most frequent one over the steps and, at the last sampled
    step, of each. Batches whose entries are not all finite are marked.
    """
    inputs = fed(history.samples, "input")
    weights = fed(history.samples, "sample_weight")
    found = outputs(history.samples)
    shown = found[:MOST]
    plots = [_ranges([one]) for one in (*inputs[:MOST], *weights[:MOST])]
    plots += [plot for output in shown for plot in _of_output(output)]
    if not plots:
        return missing(history, _TITLE, _NOTHING, dark=dark)
    bars: list[Draw] = [
        partial(draw_classes, output, _further(output.name))
        for output in shown
        if output.of_classes
    ]
    figure = stacked([_HEIGHT] * len([*plots, *bars]), apart=len(bars))
    figure.update_xaxes(title_text="training step", row=len(plots), col=1)
    colors = {role: str(pen(i, dark)["color"]) for role, i in _PENS.items()}
    for row, draw in enumerate([*plots, *bars], 1):
        draw(figure, row, colors)
    notes = [_LEGEND]
    for what, many in (("inputs", inputs), ("outputs", found)):
        if len(many) > MOST:
            notes.append(f"The first {MOST} of {len(many)} {what} are shown.")
    return finish(figure, _TITLE, _HEALTHY, dark=dark, notes=notes)


def _of_output(output: OutputSeries) -> Iterator[Draw]:
    """Its ranges, and how predictions and targets spread."""
    tensors = list(output.tensors())
    if output.on_one_scale:
        yield _ranges(tensors)
    else:
        yield from (_ranges([one]) for one in tensors)
    if {one.role for one in tensors} == {"target", "prediction"}:
        draw = draw_largest_class if output.of_classes else draw_spread
        yield partial(draw, output, _further(output.name))


def _ranges(tensors: Sequence[TensorSeries]) -> Draw:
    words = ",<br>".join(WORDS[one.role] for one in tensors)
    title = f"{words}{_further(tensors[0].name)}"
    return partial(draw_ranges, tensors, title)


def _further(name: str) -> str:
    """A further line of a title, escaped; nothing of the only output."""
    return f"<br>{escape(shorten(name, _LABEL))}" if name else ""
