"""The story of a run: how it went, and what was found when."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from kgrad.figures.action_marks import mark_actions
from kgrad.figures.canvas import (
    BROKEN,
    finish,
    logarithmic,
    missing,
    pen,
    say,
    stacked,
)
from kgrad.figures.downsample import Mask, extremes
from kgrad.figures.text import code, escape, shorten, wrap
from kgrad.records import Finding
from kgrad.records.numbers import number
from kgrad.report.labels import labels
from kgrad.report.pictures import is_wide
from kgrad.report.report import effect, measured, span
from kgrad.signs import SIGNS
from kgrad.signs.guessing import chance_level
from kgrad.signs.series import main_metric, series
from kgrad.storage.history import RunHistory

MOST_FINDINGS = 40
"""More have no room; the most serious are shown."""

_TITLE = "Story of the run"
_HEALTHY = (
    "Healthy: the loss falls, the metric rises above guessing, validation "
    "keeps up with training, and no sign is found."
)
_FOLLOWS = "↳ "
"""Before what follows from the cause above it."""

_ROW = 36
_HOVER = 60
_LABEL = 28


def story(history: RunHistory, *, dark: bool = False) -> go.Figure:
    """Loss and metric over steps, and the findings as bands below.

    The loss is that of every step, downsampled so that every extreme stays;
    steps whose loss is not finite are marked, and those at which an action
    did something. The metric is the one that a
    run is judged by, of training and validation, at the end of each epoch.
    A finding spans its first to its last step; its hover box has the
    sign, the target, the evidence and the remedies as code. What follows from
    a cause stands below it, with an arrow.
    """
    if not len(history.steps) and not history.epochs:
        return missing(history, _TITLE, "No step was recorded yet.", dark=dark)
    found = [f for d in history.diagnoses for f in d.findings]
    shown = found[:MOST_FINDINGS]
    figure = stacked([190, 150, max(_ROW * len(shown), 48)])
    _draw_loss(figure, history, dark)
    mark_actions(figure, history, row=1)
    _draw_metric(figure, history, dark)
    _draw_findings(figure, history, shown)
    figure.update_xaxes(title_text="training step", row=3, col=1)
    notes = [f"Damaged: {sentence}" for sentence in history.damage[:1]]
    if len(found) > len(shown):
        notes.append(
            f"The most serious {len(shown)} of {len(found)} findings are shown."
        )
    return finish(figure, _TITLE, _HEALTHY, dark=dark, notes=notes)


def _draw_loss(figure: go.Figure, history: RunHistory, dark: bool) -> None:
    known = np.isfinite(history.loss)
    if not known.any() and not _is_reported(history):
        say(figure, "The loss of the steps is not known.", row=1)
    else:
        kept = extremes(history.loss)
        figure.add_scatter(
            x=history.steps[kept],
            y=np.where(known, history.loss, np.nan)[kept],
            name="loss of each step",
            mode="lines" if len(kept) > 1 else "markers",
            line=pen(0, dark) | {"width": 1},
            hovertemplate="step %{x}<br>loss: %{y:.4g}<extra></extra>",
            row=1,
            col=1,
        )
        _mark_broken(figure, history, known)
    _draw_epochs(figure, history, "val_loss", 1, row=1, dark=dark)
    values = np.concatenate(
        [history.loss[known], series(history.epochs, "val_loss")]
    )
    figure.update_yaxes(
        title_text="loss",
        **(logarithmic(values) if is_wide(values) else {}),
        row=1,
        col=1,
    )


def _is_reported(history: RunHistory) -> bool:
    """A loss that is always NaN was reported if Keras says so, too."""
    of_epochs = (epoch.logs.get("loss", 0.0) for epoch in history.epochs)
    return bool(np.isinf(history.loss).any()) or any(map(math.isnan, of_epochs))


def _mark_broken(figure: go.Figure, history: RunHistory, known: Mask) -> None:
    """Marks the steps, downsampled, whose loss cannot be drawn."""
    kept = extremes(history.loss)
    kept = kept[~known[kept]]
    if not len(kept):
        return
    top = history.loss[known].max(initial=-np.inf)
    figure.add_scatter(
        x=history.steps[kept],
        y=np.full(len(kept), top if known.any() else 1.0),
        name="loss is NaN or infinite",
        mode="markers",
        marker={"color": BROKEN, "symbol": "x", "size": 8},
        text=[str(value) for value in history.loss[kept]],
        hovertemplate="step %{x}<br>loss: %{text}<extra></extra>",
        row=1,
        col=1,
    )


def _draw_metric(figure: go.Figure, history: RunHistory, dark: bool) -> None:
    name = main_metric(history.epochs).removeprefix("val_")
    if not name:
        text = "has a metric" if history.epochs else "has ended"
        say(figure, f"No epoch {text} yet.", row=2)
        return
    for number_of_pen, metric in enumerate((name, f"val_{name}")):
        _draw_epochs(figure, history, metric, number_of_pen, 2, dark)
    chance = chance_level(name, history.setup)
    if math.isfinite(chance):
        figure.add_hline(
            y=chance,
            line={"color": "#888888", "dash": "dot", "width": 1.5},
            annotation_text=f"guessing: {number(chance)}",
            annotation_position="top left",
            annotation_font_size=11,
            row=2,
            col=1,
        )
    figure.update_yaxes(title_text=escape(shorten(name, 20)), row=2, col=1)


def _draw_epochs(
    figure: go.Figure,
    history: RunHistory,
    metric: str,
    number_of_pen: int,
    row: int,
    dark: bool,
) -> None:
    values = series(history.epochs, metric)
    steps = np.array([epoch.step for epoch in history.epochs], np.int64)
    if not np.isfinite(values).any():
        return
    kept = extremes(values)
    validation = metric.startswith("val_")
    label = escape(shorten(metric, 30))
    figure.add_scatter(
        x=steps[kept],
        y=np.where(np.isfinite(values), values, np.nan)[kept],
        customdata=[history.epochs[i].epoch for i in kept],
        name=label,
        mode="lines+markers",
        line=pen(number_of_pen, dark),
        marker={"size": 5, "symbol": "diamond" if validation else "circle"},
        hovertemplate=(
            f"epoch %{{customdata}}, step %{{x}}<br>{label}: "
            "%{y:.4g}<extra></extra>"
        ),
        row=row,
        col=1,
    )


def _draw_findings(
    figure: go.Figure, history: RunHistory, found: Sequence[Finding]
) -> None:
    """A bar for each; its outline is drawn, so that one step is seen, too."""
    if not found:
        say(figure, "No sign was found.", row=3)
        # Without anything drawn, Plotly leaves the marks of the steps out.
        figure.add_scatter(
            x=history.steps[[0, -1]] if len(history.steps) else [],
            y=[0, 0],
            mode="markers",
            marker={"opacity": 0},
            hoverinfo="skip",
            showlegend=False,
            row=3,
            col=1,
        )
        return
    short = labels(history.target_records)
    causes = [diagnosis.cause for diagnosis in history.diagnoses]
    color = {
        kind.name: _SIGNS[i % len(_SIGNS)]
        for i, kind in reversed(list(enumerate(SIGNS)))
    }
    targets = [
        escape(shorten(short.get(f.target, f.target), _LABEL)) for f in found
    ]
    rims = [color.get(f.sign, _SIGNS[-1]) for f in found]
    figure.add_bar(
        orientation="h",
        y=list(range(len(found))),
        base=[f.first_step - 0.5 for f in found],
        x=[f.last_step - f.first_step + 1 for f in found],
        width=0.6,
        marker={"color": rims, "line": {"color": rims, "width": 2}},
        hovertext=[_hover(f) for f in found],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
        name="findings",
        row=3,
        col=1,
    )
    figure.update_yaxes(
        tickvals=list(range(len(found))),
        ticktext=[
            f"{'' if f in causes else _FOLLOWS}<b>{escape(f.sign)}</b>"
            f"<br>{target}"
            for f, target in zip(found, targets, strict=True)
        ],
        tickfont={"size": 11},
        range=[len(found) - 0.5, -0.5],
        showgrid=False,
        automargin=True,
        row=3,
        col=1,
    )


def _hover(finding: Finding) -> str:
    """The hover box: sign, target, evidence, remedies."""
    seen = measured(number(finding.value), number(finding.limit))
    lines = [
        f"<b>{escape(finding.sign)}</b> at {wrap(finding.target, _HOVER)}",
        f"{span(finding).capitalize()}. {seen}",
        wrap(finding.explanation, _HOVER),
    ]
    for remedy in finding.remedies[:2]:
        lines += [
            f"<br><b>Try {wrap(remedy.name, _HOVER)}</b>",
            code(remedy.code, _HOVER),
            f"<i>{wrap(effect(remedy), _HOVER)}</i>",
        ]
    return "<br>".join(lines)


_SIGNS = (
    "#D55E00",
    "#E69F00",
    "#CC79A7",
    "#882255",
    "#CC6677",
    "#AA4499",
)
"""Of findings, by the severity of their sign; Okabe and Ito's, and Tol's.

None is green or blue: what is ill must not look healthy.
"""
