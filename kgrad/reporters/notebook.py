"""The run below a notebook's cell, drawn anew while `fit` runs.

One output that is replaced, of plain HTML with an SVG: it needs no widget and
no extension, follows the colors of the notebook, is saved with it as it was
last, and is in what `nbconvert --to html` makes of it.
"""

from __future__ import annotations

import html
import math
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from kgrad.diagnosis import Diagnoses, diagnoses
from kgrad.records import GLOBAL, Array, Finding, Snapshot, Steps
from kgrad.records.numbers import number
from kgrad.report.labels import labels, layer_labels, shortened
from kgrad.report.report import headline
from kgrad.reporters.base import Reporter
from kgrad.signs.layer_order import LayerOrder
from kgrad.signs.through_time import first_of_memory

_SECONDS = 1.0
"""Between two drawings, unless something new was found."""

_POINTS = 200
"""Of a curve, before two become one: a pixel and a half for each."""

_WIDTH, _HEIGHT = 320, 72


class NotebookReporter(Reporter):
    """Shows loss, gradient norm and horizon, and what is wrong so far.

    ```python
    reporters=[*kgrad.reporters.default(), kgrad.reporters.NotebookReporter()]
    ```

    Raises:
        ImportError: If IPython is not installed.
    """

    needs = frozenset({"gradient_norm"})

    def __init__(self) -> None:
        try:
            import IPython.display
        except ImportError as error:
            raise ImportError(
                "`NotebookReporter` is for notebooks, which have IPython."
            ) from error
        self._shown: Any = None
        self._display: Any = IPython.display
        self._drawn_at = -math.inf
        self._step = 0
        self._order = LayerOrder()
        self._labels: dict[str, str] = {}
        self._found = Diagnoses()
        self._curves = {
            "loss": _Curve(fmean),
            "largest gradient norm": _Curve(max),
            "horizon, time steps": _Curve(fmean),
        }

    def fit_begins(self, verbose: int) -> None:
        """Shows the next training below the cell that began it."""
        self._shown = None

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Draws what is new, at most once a second."""
        self._order.update(snapshot)
        self._labels |= labels(snapshot.targets)
        self._labels |= layer_labels(snapshot.targets, snapshot.samples)
        self._add(snapshot)
        before = len(self._found)
        self._found = diagnoses(findings, self._order)
        late = time.monotonic() - self._drawn_at >= _SECONDS
        if late or len(self._found) != before:
            self._draw("so far")

    def close(self, findings: Sequence[Finding]) -> None:
        """Draws the last steps."""
        self._found = diagnoses(findings, self._order)
        if self._step:
            self._draw("")

    def _add(self, snapshot: Snapshot) -> None:
        loss, norm, horizon = self._curves.values()
        if len(snapshot.steps):
            self._step = int(snapshot.steps[-1])
            names = [target.name for target in snapshot.targets]
            whole = snapshot["gradient_norm"][:, names.index(GLOBAL)]
            loss.add(snapshot.steps, snapshot.loss)
            norm.add(snapshot.steps, whole)
        for sample in snapshot.samples:
            profile = first_of_memory([sample])
            if profile is not None:
                horizon.add(
                    np.array([sample.step]), np.array([profile.horizon])
                )

    def _draw(self, state: str) -> None:
        self._drawn_at = time.monotonic()
        page = self._display.HTML("".join(self._parts(state)))
        if self._shown is None:
            self._shown = self._display.display(page, display_id=True)
        else:
            self._shown.update(page)

    def _parts(self, state: str) -> Iterator[str]:
        yield '<div class="kgrad"><div>'
        for name, curve in self._curves.items():
            if curve.drawable:
                yield curve.svg(name)
        told = headline(self._found, self._step)
        yield f"</div><p>kgrad: {told}{f' {state}' if state else ''}</p><ol>"
        for diagnosis in self._found:
            text = shortened(diagnosis.sentence, self._labels)
            yield f"<li>Step {diagnosis.first_step}: {_prose(text)}</li>"
        yield "</ol></div>"


class _Curve:
    """A line over the steps, of some hundred points however long the run.

    Each stands for a stretch of steps, which grows with the run. Where a
    value is not finite, the line has a gap and a mark.

    Args:
        of: What a point shows of the values of its stretch.
    """

    def __init__(self, of: Callable[[Sequence[float]], float]) -> None:
        self._of = of
        self._points: list[tuple[int, float]] = []
        self._stretch = 1
        self._open: list[tuple[int, float]] = []

    def add(self, steps: Steps, values: Array) -> None:
        """Takes the next steps, `(steps,)` each."""
        for step, value in zip(steps.tolist(), values.tolist(), strict=True):
            self._open.append((step, value))
            if len(self._open) == self._stretch:
                self._points.append(self._one(self._open))
                self._open = []
            if len(self._points) == 2 * _POINTS:
                points, self._stretch = self._points, 2 * self._stretch
                pairs = zip(points[::2], points[1::2], strict=True)
                self._points = [self._one(pair) for pair in pairs]

    def _one(self, points: Sequence[tuple[int, float]]) -> tuple[int, float]:
        """The point that stands for these; one that is not finite is kept."""
        lost = [point for point in points if not math.isfinite(point[1])]
        if lost:
            return lost[0]
        return points[0][0], self._of([value for _, value in points])

    @property
    def _drawn(self) -> list[tuple[int, float]]:
        last = [self._one(self._open)] if self._open else []
        return [*self._points, *last]

    @property
    def drawable(self) -> bool:
        """Whether there is a number in it."""
        return any(math.isfinite(value) for _, value in self._drawn)

    def svg(self, name: str) -> str:
        """A small picture: logarithmic if the values are far apart."""
        points = self._drawn
        finite = [value for _, value in points if math.isfinite(value)]
        low, high = min(finite), max(finite)
        wide = low > 0 and high / low > 30
        ends = f"{number(low)} to {number(high)}" if low < high else number(low)
        title = f"{name}: {ends}{', log' if wide else ''}"

        def height(value: float) -> float:
            if wide:
                share = math.log(value / low) / math.log(high / low)
            else:
                share = (value - low) / (high - low or 1.0)
            return 2 + (_HEIGHT - 4) * (1 - share)

        first = points[0][0]
        scale = _WIDTH / max(points[-1][0] - first, 1)
        line, marks, pen = "", "", "M"
        for step, value in points:
            x = (step - first) * scale
            if math.isfinite(value):
                # Of length 0 with round ends, a single point is a dot.
                line += f"{pen}{x:.1f} {height(value):.1f}h0"
                pen = "L"
            else:
                marks += f"M{x:.1f} 0V{_HEIGHT}"
                pen = "M"
        return (
            '<figure style="display: inline-block; margin: 4px 12px 4px 0">'
            f"<figcaption>{html.escape(title)}</figcaption>"
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
            f'height="{_HEIGHT}" role="img">'
            f'<path d="{line}" fill="none" stroke="currentColor" '
            'stroke-linecap="round"/>'
            f'<path d="{marks}" stroke="#d62728" stroke-opacity="0.4"/>'
            "</svg></figure>"
        )


def _prose(text: str) -> str:
    """A sentence; names, which stand between backticks, are code."""
    return "".join(
        f"<code>{html.escape(part)}</code>" if i % 2 else html.escape(part)
        for i, part in enumerate(text.split("`"))
    )
