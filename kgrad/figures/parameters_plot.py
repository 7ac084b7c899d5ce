"""Any statistic of every variable, gate and layer over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.canvas import finish, logarithmic, missing, pen, stacked
from kgrad.figures.downsample import Buckets, Mask, buckets, extremes
from kgrad.figures.filter_by_name import Filter
from kgrad.figures.heat import Scale, add_heat, scale_of
from kgrad.figures.text import escape, labels_of
from kgrad.records import GLOBAL, Array, Target, is_defined, with_ratios
from kgrad.report.labels import labels
from kgrad.report.tables import is_clipped
from kgrad.storage.history import RunHistory

_ROW = 17
_LOWEST, _HIGHEST = 160, 1600
_LABEL = 30
_WINDOWS = 100
"""Buckets of the share of clipped steps: a share needs several steps."""


def parameters(
    history: RunHistory,
    statistic: str = "gradient_norm",
    *,
    layers: str = "",
    dark: bool = False,
) -> go.Figure:
    """A heat map of targets and steps, in log10; shares are linear.

    First the whole model, then layer by layer from the input on; the gates
    of a variable follow it. A column is the largest value of its steps;
    what is NaN or infinite in any of them has a color of its own, and so
    has what is exactly 0. Nothing is drawn where a target was not trained.
    With `gradient_norm` of an optimizer that clips, the norm of the whole
    gradient before and after clipping is drawn below, and the share of
    steps that were clipped.

    `layers` is a regular expression; variables are left out in whose short
    name it is not found.

    Raises:
        KeyError: If the statistic was not measured.
        ValueError: If `layers` is not a regular expression.
    """
    chosen = Filter(layers)
    title = escape(f"{statistic.replace('_', ' ')} of every parameter").strip()
    title = title[:1].upper() + title[1:]
    if not len(history.steps):
        return missing(history, title, "No step was recorded yet.", dark=dark)
    values = history[statistic]
    short = labels(history.target_records)
    order = [
        i
        for i in _order(history.target_records)
        if chosen.passes(short[history.targets[i]])
    ]
    if not order:
        return missing(history, title, chosen.nothing, dark=dark)
    taken = buckets(history.steps, values, known(history, statistic, values))
    # Put in order when there are few.
    taken = taken._replace(
        largest=taken.largest[:, order], broken=taken.broken[:, order]
    )
    rows = [history.target_records[i] for i in order]
    clips = statistic == "gradient_norm" and _clips(history)
    height = min(max(_ROW * len(rows), _LOWEST), _HIGHEST)
    figure = stacked([height, 120, 80] if clips else [height])
    unit, description = _meaning(history, statistic)
    _draw(figure, history, statistic, taken, rows, unit)
    if clips:
        before = values[:, history.targets.index(GLOBAL)]
        _draw_clipping(figure, history, before, dark)
    figure.update_layout(
        coloraxis_colorbar={
            "y": 1,
            "yanchor": "top",
            "len": height / figure.layout.height,
        }
    )
    figure.update_xaxes(
        title_text="training step", row=3 if clips else 1, col=1
    )
    notes = []
    if statistic == "gradient_norm" and not history.setup.clips:
        notes.append("The optimizer does not clip.")
    return finish(
        figure,
        title,
        description,
        dark=dark,
        notes=notes,
        legend=clips or len(figure.data) > 1,
    )


def _draw(
    figure: go.Figure,
    history: RunHistory,
    statistic: str,
    taken: Buckets,
    rows: Sequence[Target],
    unit: str,
) -> None:
    share = statistic.endswith("_share")
    scale = (
        Scale(0.0, 1.0, logarithmic=False)
        if share
        else scale_of([taken.largest])
    )
    short = labels(history.target_records)
    marks = labels_of([short[target.name] for target in rows], _LABEL)
    more = (
        f" and the {taken.size - 1} after it, the largest"
        if taken.size > 1
        else ""
    )
    name = escape(statistic.replace("_", " "))
    add_heat(
        figure,
        taken.steps,
        marks,
        taken.largest.T,
        taken.broken.T,
        scale=scale,
        where=f"%{{y}}<br>step %{{x}}{more}",
        what=name,
    )
    figure.update_layout(
        coloraxis=scale.coloraxis(unit or statistic.replace("_", " "))
    )
    figure.update_yaxes(
        autorange="reversed",
        type="category",
        showgrid=False,
        automargin=True,
        tickfont={"size": 11},
        row=1,
        col=1,
    )
    for i, (above, below) in enumerate(pairwise(rows)):
        if above.layer != below.layer:
            figure.add_hline(
                y=i + 0.5, line={"color": "#808080", "width": 2}, row=1, col=1
            )


def _draw_clipping(
    figure: go.Figure, history: RunHistory, before: Array, dark: bool
) -> None:
    column = history.targets.index(GLOBAL)
    after = history["clipped_gradient_norm"][:, column]
    for index, (norm, name) in enumerate(
        ((before, "before clipping"), (after, "after clipping"))
    ):
        positive = np.where(np.isfinite(norm) & (norm > 0), norm, np.nan)
        kept = extremes(positive)
        figure.add_scatter(
            x=history.steps[kept],
            y=positive[kept],
            name=f"whole gradient {name}",
            line=pen(index, dark) | {"width": 1.2},
            hovertemplate=f"step %{{x}}<br>{name}: %{{y:.3g}}<extra></extra>",
            row=2,
            col=1,
        )
    clipped = is_clipped(before, after).astype(np.float64)
    size = max(-(-len(clipped) // _WINDOWS), 1)
    starts = np.arange(0, len(clipped), size)
    counts = np.diff([*starts, len(clipped)])
    figure.add_bar(
        x=history.steps[starts] + (counts - 1) / 2,
        y=np.add.reduceat(clipped, starts) / counts,
        width=counts,
        customdata=history.steps[starts],
        marker={"color": pen(2, dark)["color"], "line": {"width": 0}},
        name="share of steps that were clipped",
        hovertemplate=(
            f"{size} steps from %{{customdata}} on<br>"
            "%{y:.0%} were clipped<extra></extra>"
        ),
        row=3,
        col=1,
    )
    figure.update_yaxes(
        **logarithmic(np.concatenate([before, after])),
        title_text="norm",
        row=2,
        col=1,
    )
    figure.update_yaxes(
        range=[0, 1.02],
        tickformat=".0%",
        title_text="clipped",
        row=3,
        col=1,
    )


def _clips(history: RunHistory) -> bool:
    names = {measure.name for measure in history.measures}
    return (
        history.setup.clips
        and "clipped_gradient_norm" in names
        and GLOBAL in history.targets
    )


def _meaning(history: RunHistory, statistic: str) -> tuple[str, str]:
    """Unit of a statistic, and what it is and what is healthy."""
    (measure,) = (
        m for m in with_ratios(history.measures) if m.name == statistic
    )
    return measure.unit, measure.description


def _order(targets: Sequence[Target]) -> list[int]:
    """The whole model, then layer by layer; a variable before its gates."""
    seen: dict[str, int] = {}
    for target in targets:
        seen.setdefault(_variable(target), len(seen))
    depth: dict[str, int] = {}
    for target in targets:
        depth.setdefault(target.layer, len(depth))
    return sorted(
        range(len(targets)),
        key=lambda i: (
            targets[i].depth,
            depth[targets[i].layer] if targets[i].layer else -1,
            seen[_variable(targets[i])],
            bool(targets[i].gate),
        ),
    )


def _variable(target: Target) -> str:
    return target.name.removesuffix(f"[{target.gate}]")


def known(history: RunHistory, statistic: str, values: Array) -> Mask:
    """`(steps, targets)`: where the statistic is defined.

    Not where a target was not trained, nor a ratio to weights of zero.
    """
    known = np.ones(values.shape, np.bool_)
    column = {name: i for i, name in enumerate(history.targets)}
    row = 0
    for snapshot in history.snapshots:
        end = row + len(snapshot.steps)
        if len(snapshot.targets) < len(column):
            own = [column[target.name] for target in snapshot.targets]
            known[row:end, np.delete(np.arange(len(column)), own)] = False
        row = end
    return known & is_defined(statistic, history)
