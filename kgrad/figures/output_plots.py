"""Predictions beside their targets: spread, classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.canvas import logarithmic
from kgrad.figures.data_series import WORDS, OutputSeries, TensorSeries
from kgrad.figures.downsample import extremes
from kgrad.figures.range_plots import MARKED, PLAIN
from kgrad.records import Array, Role, TensorSummary
from kgrad.records.numbers import number
from kgrad.report.pictures import is_wide

Draw = Callable[[go.Figure, int, Mapping[Role, str]], None]
"""Draws a row of a figure, in the color of each role."""

MOST_CLASSES = 40
"""Classes that have room for a pair of bars each."""

_FEW = 4
"""Classes whose bars would be as wide as a plot."""


def draw_spread(
    output: OutputSeries,
    name: str,
    figure: go.Figure,
    row: int,
    colors: Mapping[Role, str],
) -> None:
    """How much samples of a batch differ from each other, over the steps.

    `name` is escaped, a further line of the title.
    """
    drawn = []
    for tensor in output.tensors():
        spread = tensor.of(lambda t: t.sample_spread)
        drawn.append(spread)
        told = [f"spread between samples: {number(s)}" for s in spread]
        _add_line(figure, row, tensor, spread, told, colors)
    values = np.concatenate([np.empty(0), *drawn])
    plain = {"rangemode": "tozero", **PLAIN}
    scale = logarithmic(values) if is_wide(values) else plain
    figure.update_yaxes(
        title_text=f"spread between<br>samples{name}", **scale, row=row, col=1
    )


def draw_largest_class(
    output: OutputSeries,
    name: str,
    figure: go.Figure,
    row: int,
    colors: Mapping[Role, str],
) -> None:
    """The share of the most frequent class of the batch, over the steps."""
    for tensor in output.tensors():
        found = [_largest(t) for t in tensor.tensors]
        share = np.array([part for _, part in found], np.float64)
        told = [f"most frequent: class {c}, {part:.1%}" for c, part in found]
        _add_line(figure, row, tensor, share, told, colors)
    figure.update_yaxes(
        title_text=f"most frequent<br>class{name}",
        tickformat=".0%",
        range=[-0.04, 1.04],
        row=row,
        col=1,
    )


def draw_classes(
    output: OutputSeries,
    name: str,
    figure: go.Figure,
    row: int,
    colors: Mapping[Role, str],
) -> None:
    """How often each class occurs and is predicted, at the last step."""
    places = [i for i, pair in enumerate(output.pairs) if pair.of_classes]
    last, step = output.pairs[places[-1]], output.steps[places[-1]]
    roles: tuple[Role, ...] = ("target", "prediction")
    counts = [t.class_counts for t in (last.target, last.prediction) if t]
    classes = max(map(len, counts))
    padded = np.zeros((2, classes), np.int64)
    for own, found in zip(padded, counts, strict=True):
        own[: len(found)] = found
    shown = np.arange(classes)
    if classes > MOST_CLASSES:
        shown = np.sort(np.argsort(-padded.max(axis=0))[:MOST_CLASSES])
    for role, own in zip(roles, padded, strict=True):
        total = max(int(own.sum()), 1)
        figure.add_bar(
            x=[str(i) for i in shown],
            y=own[shown] / total,
            name=WORDS[role],
            legendgroup=WORDS[role],
            showlegend=False,
            marker={"color": colors[role], "line": {"width": 0}},
            text=[f"{own[i] / total:.1%}, {own[i]} of {total}" for i in shown],
            textposition="none",
            hovertemplate=(
                f"<b>{WORDS[role]}</b>, step {step}<br>class %{{x}}: "
                "%{text}<extra></extra>"
            ),
            row=row,
            col=1,
        )
    figure.update_layout(bargap=0.6 if classes <= _FEW else 0.2)
    few = f", the {len(shown)} most frequent of {classes}"
    figure.update_xaxes(
        title_text=f"class{few if len(shown) < classes else ''}, step {step}",
        type="category",
        row=row,
        col=1,
    )
    figure.update_yaxes(
        title_text=f"share of<br>the batch{name}",
        tickformat=".0%",
        rangemode="tozero",
        row=row,
        col=1,
    )


def _add_line(
    figure: go.Figure,
    row: int,
    tensor: TensorSeries,
    values: Array,
    told: list[str],
    colors: Mapping[Role, str],
) -> None:
    """A number of each sample, with what the hover box tells of it."""
    word = WORDS[tensor.role]
    kept = extremes(values)
    figure.add_scatter(
        x=tensor.steps[kept],
        y=np.where(np.isfinite(values), values, np.nan)[kept],
        mode="lines+markers" if len(kept) < MARKED else "lines",
        line={"color": colors[tensor.role], "width": 1.8},
        marker={"size": 5},
        name=word,
        legendgroup=word,
        showlegend=False,
        text=[told[i] for i in kept],
        hovertemplate=f"<b>{word}</b>, step %{{x}}<br>%{{text}}<extra></extra>",
        row=row,
        col=1,
    )


def _largest(tensor: TensorSummary) -> tuple[int, float]:
    """The most frequent class and its share, NaN if no class is known."""
    counts = () if tensor.nonfinite else tensor.class_counts
    total = sum(counts)
    if not total:
        return 0, np.nan
    return int(np.argmax(counts)), max(counts) / total
