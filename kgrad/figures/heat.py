"""Numbers as colors, with colors of their own for zero and NaN or infinity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from kgrad.figures.canvas import BROKEN, SEQUENTIAL, ZERO
from kgrad.figures.downsample import Mask
from kgrad.figures.text import escape
from kgrad.records import Array, Steps

_OUTLIERS = 0.5
"""Percent at either end that may lie far beyond the colors."""

_ROOM = 1.0
"""Decades beyond the rest that outliers still have colors for."""

_SPAN = 10.0
"""Decades below the lightest color: anything less has vanished anyway."""


@dataclass(frozen=True)
class Scale:
    """Which number has which color, from the darkest to the lightest."""

    low: float
    high: float
    logarithmic: bool = True

    def of(self, values: Array) -> Array:
        """What is drawn of values: NaN where that is not a number."""
        if not self.logarithmic:
            return np.where(np.isfinite(values), values, np.nan)
        drawn = np.full(values.shape, np.nan)
        np.log10(values, out=drawn, where=np.isfinite(values) & (values > 0))
        return drawn

    def coloraxis(self, title: str) -> dict[str, Any]:
        """The color axis of a figure; the title of its bar is plain text."""
        bar: dict[str, Any] = {
            "title": {"text": escape(title), "side": "right"},
            "thickness": 14,
            "outlinewidth": 0,
            "ypad": 0,
        }
        if self.logarithmic:
            step = max(round((self.high - self.low) / 6), 1)
            bar |= {"tickprefix": "10<sup>", "ticksuffix": "</sup>"}
            if self.high - self.low >= 2:
                bar |= {"dtick": step, "tickformat": "d"}
            else:
                bar |= {"tickformat": ".1f"}
        else:
            bar |= {"tickformat": ".0%"}
        return {
            "colorscale": SEQUENTIAL,
            "cmin": self.low,
            "cmax": self.high,
            "colorbar": bar,
        }


def scale_of(values: Iterable[Array]) -> Scale:
    """Colors for the log10 of all these numbers.

    A few numbers that lie decades beyond all others get the last color, and
    so does what is ten decades below the largest: one explosion, or one run
    whose gradient vanished, does not leave the rest in one color.
    """
    parts = [x[np.isfinite(x) & (x > 0)].ravel() for x in values]
    logs = np.log10(np.concatenate([np.empty(0), *parts]))
    if not len(logs):
        return Scale(-1.0, 0.0)
    low, high = np.percentile(logs, [_OUTLIERS, 100 - _OUTLIERS])
    high = min(float(logs.max()), float(high) + _ROOM)
    low = max(float(logs.min()), float(low) - _ROOM, high - _SPAN)
    middle, half = (low + high) / 2, max((high - low) / 2, 0.5)
    return Scale(middle - half, middle + half)


def add_heat(
    figure: go.Figure,
    x: Steps,
    y: Steps | Sequence[str],
    values: Array,
    broken: Mask,
    *,
    scale: Scale,
    where: str,
    what: str,
    place: tuple[int, int] = (1, 1),
    coloraxis: str = "coloraxis",
) -> None:
    """Draws a map: the numbers, then zeros, then what is not finite.

    `values` and `broken` are `(rows, columns)`; a value is NaN where there is
    nothing to show. Names in `y` and `what` are escaped already; `where`, the
    first lines of the hover box, is a Plotly template.
    """
    row, col = place
    # Of a color that stands for a logarithm, a reader wants the number.
    number = "%{customdata:.2~e}" if scale.logarithmic else "%{z:.1%}"
    figure.add_trace(
        go.Heatmap(
            x=x,
            y=y,
            z=scale.of(values).astype(np.float32),
            customdata=_packed(values) if scale.logarithmic else None,
            coloraxis=coloraxis,
            hovertemplate=f"{where}<br>{what}: {number}<extra></extra>",
            hoverongaps=False,
            name=what,
            showlegend=False,
        ),
        row=row,
        col=col,
    )
    others = [(broken, BROKEN, "NaN or infinite")]
    if scale.logarithmic:
        others.insert(0, (values == 0, ZERO, "exactly 0"))
    for mask, color, name in others:
        if not mask.any():
            continue
        figure.add_trace(
            go.Heatmap(
                x=x,
                y=y,
                z=np.where(mask, 1, np.nan).astype(np.float32),
                colorscale=[[0, color], [1, color]],
                showscale=False,
                hovertemplate=f"{where}<br>{what}: {name}<extra></extra>",
                hoverongaps=False,
                name=name,
                legendgroup=name,
                showlegend=not in_legend(figure, name),
            ),
            row=row,
            col=col,
        )


def _packed(values: Array) -> npt.NDArray[np.floating]:
    """As float32, which is half as much to send, unless that loses one."""
    with np.errstate(over="ignore", under="ignore"):
        small = values.astype(np.float32)
    kept = np.isfinite(small) & (small != 0)
    same = kept == (np.isfinite(values) & (values != 0))
    return small if same.all() else values


def in_legend(figure: go.Figure, name: str) -> bool:
    """Whether the legend explains this name already."""
    return any(trace.name == name and trace.showlegend for trace in figure.data)
