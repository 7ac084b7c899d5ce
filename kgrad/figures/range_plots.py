"""The range of a tensor over the steps: smallest, mean, spread, largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.canvas import BROKEN, logarithmic
from kgrad.figures.data_series import WORDS, TensorSeries
from kgrad.figures.downsample import BUCKETS, extremes
from kgrad.figures.heat import in_legend
from kgrad.figures.text import escape, shorten
from kgrad.records import Array, Role, Steps, TensorSummary
from kgrad.records.numbers import number
from kgrad.report.pictures import is_wide

MARKED = 60
"""Lines of fewer points have a mark at each."""

PLAIN = {"tickformat": "~g"}
"""An axis of numbers of any size, without the letters of SI units."""

_LABEL = 40


def draw_ranges(
    tensors: Sequence[TensorSeries],
    title: str,
    figure: go.Figure,
    row: int,
    colors: Mapping[Role, str],
) -> None:
    """Bands from smallest to largest, spread and mean; the title is escaped."""
    for tensor in tensors:
        color = colors[tensor.role]
        _draw_bands(figure, row, tensor, color)
        _draw_mean(figure, row, tensor, color)
        _mark_broken(figure, row, tensor)
    lowest = np.concatenate([tensor.minimum for tensor in tensors])
    means = np.concatenate([tensor.mean for tensor in tensors])
    positive = bool((lowest[np.isfinite(lowest)] > 0).all())
    # Probabilities are near 0, too, but their means stay where they are.
    scale = logarithmic(means) if positive and is_wide(means) else PLAIN
    figure.update_yaxes(title_text=title, **scale, row=row, col=1)


def _draw_bands(
    figure: go.Figure, row: int, tensor: TensorSeries, color: str
) -> None:
    """Smallest to largest, and one standard deviation within that."""
    low, high = tensor.minimum, tensor.maximum
    std = tensor.of(lambda t: t.std)
    inner = (
        np.maximum(tensor.mean - std, low),
        np.minimum(tensor.mean + std, high),
    )
    known = np.isfinite(low)
    steps = tensor.steps[known]
    for name, bounds, opacity in (
        ("smallest to largest", (low, high), 0.15),
        ("mean ± spread", inner, 0.25),
    ):
        bottom, top = (bound[known] for bound in bounds)
        kept = np.union1d(extremes(bottom), extremes(top))
        x, bottom, top = steps[kept], bottom[kept], top[kept]
        faint = _faint(color, opacity)
        # Of a single step there is no area, but a bar.
        figure.add_scatter(
            x=np.concatenate([x, x[::-1]]),
            y=np.concatenate([top, bottom[::-1]]),
            mode="lines",
            line={"width": 0 if len(x) > 1 else 12, "color": faint},
            fill="toself" if len(x) > 1 else "none",
            fillcolor=faint,
            name=name,
            legendgroup=WORDS[tensor.role],
            showlegend=False,
            hoverinfo="skip",
            row=row,
            col=1,
        )
        if bounds[0] is not low:
            continue
        for bound in (bottom, top):
            figure.add_scatter(
                x=x,
                y=bound,
                mode="lines",
                line={"width": 1, "color": _faint(color, 0.6)},
                name=name,
                legendgroup=WORDS[tensor.role],
                showlegend=False,
                hoverinfo="skip",
                row=row,
                col=1,
            )


def _draw_mean(
    figure: go.Figure, row: int, tensor: TensorSeries, color: str
) -> None:
    kept = extremes(tensor.mean)
    _add_points(
        figure,
        row,
        tensor,
        kept,
        np.where(np.isfinite(tensor.mean), tensor.mean, np.nan),
        mode="lines+markers" if len(kept) < MARKED else "lines",
        line={"color": color, "width": 1.8},
        marker={"size": 5},
        name=WORDS[tensor.role],
    )


def _mark_broken(figure: go.Figure, row: int, tensor: TensorSeries) -> None:
    """Crosses where an entry is NaN or infinite, at the mean of the others."""
    lost = np.flatnonzero([t.nonfinite for t in tensor.tensors])
    if not len(lost):
        return
    if len(lost) > BUCKETS:
        lost = lost[np.linspace(0, len(lost) - 1, BUCKETS).astype(int)]
    known = np.isfinite(tensor.mean)
    last = tensor.mean[known][-1] if known.any() else 0.0
    _add_points(
        figure,
        row,
        tensor,
        lost,
        np.where(known, tensor.mean, last),
        mode="markers",
        marker={"color": BROKEN, "symbol": "x", "size": 8},
        name="NaN or infinite",
    )


def _add_points(
    figure: go.Figure,
    row: int,
    tensor: TensorSeries,
    places: Steps,
    y: Array,
    *,
    name: str,
    **style: Any,
) -> None:
    """Points at some of the samples, with what is known of each."""
    what = WORDS[tensor.role]
    if tensor.name:
        what += f" {escape(shorten(tensor.name, _LABEL))}"
    figure.add_scatter(
        x=tensor.steps[places],
        y=y[places],
        name=name,
        legendgroup=name,
        showlegend=not in_legend(figure, name),
        text=[_told(tensor.tensors[i]) for i in places],
        hovertemplate=f"<b>{what}</b>, step %{{x}}<br>%{{text}}<extra></extra>",
        **style,
        row=row,
        col=1,
    )


def _told(tensor: TensorSummary) -> str:
    """What is known of a batch, a line each."""
    lines = []
    if np.isfinite(tensor.mean):
        lines += [
            f"{number(tensor.minimum)} to {number(tensor.maximum)}",
            f"mean {number(tensor.mean)}, spread {number(tensor.std)}",
        ]
    stds = np.array(tensor.feature_std, np.float64)
    stds = stds[np.isfinite(stds)]
    if tensor.role == "input" and len(stds) > 1:
        low, high = number(stds.min()), number(stds.max())
        lines.append(f"spread of its {len(stds)} features: {low} to {high}")
    if np.isfinite(tensor.zero_share):
        lines.append(f"zeros: {tensor.zero_share:.1%}")
    if tensor.nonfinite:
        count = f"{tensor.nonfinite} of {int(np.prod(tensor.shape))}"
        lines.append(f"NaN or infinite: {count}")
    return "<br>".join(lines)


def _faint(color: str, opacity: float) -> str:
    """The same color, but see-through: `rgba(0, 114, 178, 0.25)`."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
