"""How gradients, weights and outputs were spread, over training: ridges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from kgrad.figures.canvas import SEQUENTIAL, finish, missing, stacked
from kgrad.figures.tensors import key, tensors_of
from kgrad.figures.text import escape, shorten
from kgrad.records import Array, Histogram
from kgrad.records.histograms import HIGHEST, LOWEST, MIDDLE, PER_DECADE
from kgrad.storage.history import RunHistory

RIDGES = 12
"""At most; of more samples the first, the last, and some between."""

_TITLE = "Histograms"
_NOTHING = (
    "No histograms have been recorded: they are of "
    "`GradientMonitor(..., histograms=True)`, in the steps that are sampled."
)
_HEALTHY = {
    "gradient": (
        "Healthy: hills on both sides that keep their place. What moves to "
        "the middle vanishes, what moves outward explodes."
    ),
    "weight": "Healthy: hills that widen slowly and then keep their place.",
    "activation": (
        "Healthy: spread over several decades. A spike at 0 is silent, one at "
        "a bound of the activation saturated."
    ),
}
_SCALE = (
    "To either side of 0, decades; the height is the share of the entries, on "
    "one scale."
)
_HEIGHT = 420
_OVERLAP = 1.6
_BEYOND = 2
"""Bins that are drawn beyond the outermost with entries."""

_MARKS = 10


def histograms(
    history: RunHistory,
    tensor: str = "",
    *,
    dark: bool = False,
) -> go.Figure:
    """A ridge for each of up to 12 samples, the first at the back.

    The bins are a quarter of a decade wide on either side of zero.

    Args:
        history: The run.
        tensor: One of `tensors_of(history)`, by default the first.
        dark: Whether the page is dark.

    Raises:
        KeyError: If there are histograms, but not of this.
    """
    names = tensors_of(history)
    if not names:
        return missing(history, _TITLE, _NOTHING, dark=dark)
    tensor = tensor or next(iter(names))
    if tensor not in names:
        raise KeyError(
            f"`tensor` must be one of {list(names)}. Received: {tensor!r}"
        )
    found = [
        (sample.step, one)
        for sample in history.samples
        for one in sample.histograms
        if key(one) == tensor
    ]
    places = np.linspace(0, len(found) - 1, min(len(found), RIDGES))
    shown = [found[i] for i in places.round().astype(int)]
    return _drawn(shown, names[tensor], dark)


@dataclass(frozen=True)
class _Axis:
    """Bins in a row, those around 0 that nothing lies in left out.

    `bins` are the places of those that are shown, and `gap` how many are
    left out on either side of 0.
    """

    bins: npt.NDArray[np.int64]
    gap: int

    @classmethod
    def of(cls, shares: Array) -> _Axis:
        """What has to be shown of `(ridges, BINS)` shares."""
        used = np.flatnonzero(shares.any(0)) - MIDDLE
        inner = np.abs(used[used != 0]).min(initial=MIDDLE)
        gap = max(int(inner) - 1 - _BEYOND, 0)
        places = np.arange(-MIDDLE, MIDDLE + 1)
        shown = (places == 0) | (np.abs(places) > gap)
        shown &= places >= used.min(initial=0) - _BEYOND
        shown &= places <= used.max(initial=0) + _BEYOND
        return cls(places[shown] + MIDDLE, gap)

    @property
    def x(self) -> Array:
        """Where the bins are drawn."""
        return self.at(self.bins - MIDDLE)

    def at(self, places: npt.ArrayLike) -> Array:
        """Where places are drawn that are counted from the bin of 0."""
        counted = np.asarray(places, np.float64)
        drawn: Array = counted - np.sign(counted) * self.gap
        return drawn

    def marks(self) -> dict[float, str]:
        """Edges at powers of ten, few enough to be read, and zero."""
        low, high = self.x[[0, -1]]
        every = max(round((high - low) / PER_DECADE / _MARKS), 1)
        marks: dict[float, str] = {}
        if low <= 0 <= high:
            marks[0.0] = "0"
        for power in range(HIGHEST, LOWEST - 1, -every):
            distance = (power - LOWEST) * PER_DECADE + 0.5
            for sign, minus in ((1, ""), (-1, "−")):
                x = float(self.at(sign * distance))
                # Not on top of zero, and none that is left out.
                far = distance > self.gap and abs(x) > PER_DECADE / 2
                if far and low - 1 <= x <= high + 1:
                    marks[x] = f"{minus}10<sup>{power}</sup>"
        return dict(sorted(marks.items()))


def _drawn(
    shown: list[tuple[int, Histogram]], name: str, dark: bool
) -> go.Figure:
    shares = np.array([_share(one.counts) for _, one in shown])
    axis = _Axis.of(shares)
    x, places = axis.x, axis.bins
    tallest = shares.max() or 1.0
    ranges = [_range(place) for place in places]
    figure = stacked([_HEIGHT])
    colors = sample_colorscale(
        SEQUENTIAL, list(np.linspace(0.1, 0.9, max(len(shown), 2)))
    )
    for i, ((step, one), share) in enumerate(zip(shown, shares, strict=True)):
        top = i - _OVERLAP * share[places] / tallest
        lost = f", {one.nan:,} are NaN" if one.nan else ""
        figure.add_scatter(
            x=np.concatenate([x, x[::-1]]),
            y=np.concatenate([top, np.full(len(x), float(i))]),
            mode="lines",
            line={"color": "#303030" if dark else "#FFFFFF", "width": 1},
            fill="toself",
            fillcolor=colors[i],
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=x,
            y=top,
            mode="lines",
            line={"color": colors[i], "width": 1.5},
            customdata=np.stack(
                [ranges, [f"{each:.2%}" for each in share[places]]], axis=1
            ),
            name=f"step {step:,}",
            hovertemplate=(
                f"step {step:,}{lost}<br>%{{customdata[0]}}: "
                "%{customdata[1]}<extra></extra>"
            ),
            showlegend=False,
        )
    marks = axis.marks()
    figure.update_xaxes(
        title_text="value of an entry",
        tickvals=list(marks),
        ticktext=list(marks.values()),
        range=[x[0] - 0.5, x[-1] + 0.5],
    )
    figure.update_yaxes(
        title_text="training step",
        tickvals=list(range(len(shown))),
        ticktext=[f"{step:,}" for step, _ in shown],
        range=[len(shown) - 0.6, -_OVERLAP - 0.1],
        showgrid=False,
    )
    notes = [_SCALE]
    if axis.gap:
        nearest = 10 ** (LOWEST + axis.gap / PER_DECADE)
        notes.append(f"Nothing but 0 lies closer to 0 than {nearest:.0e}.")
    if any(one.nan for _, one in shown):
        notes.append("Entries that are NaN are left out; hovering counts them.")
    title = f"Histogram: {escape(shorten(name, 48))}"
    healthy = _HEALTHY[shown[0][1].kind]
    return finish(figure, title, healthy, dark=dark, notes=notes, legend=False)


def _share(counts: Array) -> Array:
    total = counts.sum()
    return counts / total if total else counts


def _range(place: int) -> str:
    """What lies in a bin: `"0.178 to 0.316"`."""
    distance = abs(place - MIDDLE)
    sign = "−" if place < MIDDLE else ""
    if not distance:
        return f"0, or closer than {10.0**LOWEST:.0e}"
    inner = 10 ** (LOWEST + (distance - 1) / PER_DECADE)
    if distance == MIDDLE:
        return f"{sign}{inner:.0e} and beyond"
    outer = 10 ** (LOWEST + distance / PER_DECADE)
    return f"{sign}{inner:.3g} to {sign}{outer:.3g}"
