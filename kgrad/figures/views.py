"""All figures of one run, by name, and how a notebook shows them.

Plotly is imported when the first figure is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kgrad.figures.tensors import tensors_of
from kgrad.report import Report
from kgrad.report.html import html_report
from kgrad.signs.through_time import by_state
from kgrad.storage.history import RunHistory


@dataclass(frozen=True)
class View:
    """A figure of one run: its title in a page, and the arguments it takes."""

    title: str
    choices: tuple[str, ...] = ()


VIEWS = {
    "story": View("Story"),
    "data": View("Data"),
    "parameters": View("Parameters", ("statistic", "layers")),
    "time_map": View("Through time", ("layer", "state")),
    "time_profiles": View("Profiles", ("layer", "state")),
    "horizon": View("Horizon", ("layers",)),
    "activity": View("Activity", ("layers",)),
    "histograms": View("Histograms", ("tensor",)),
}
"""By the name of the function in `kgrad.figures`, in the order of a page."""

COMPARISONS = {
    "time_map": "gradient through time",
    "loss": "loss",
    "metric": "metric",
    "horizon": "horizon",
    "gradient_norm": "gradient norm",
    "clipped_gradient_norm": "gradient norm after clipping",
    "update_norm": "update norm",
    "update_ratio": "update ratio",
    "weight_norm": "weight norm",
    "quiet_unit_share": "dead units",
    "silent_unit_share": "silent units",
    "saturated_unit_share": "saturated units",
    "output_spread": "spread of the outputs",
}
"""What a page offers to compare runs by: what `compare` takes, and its name."""


MOST_TENSORS = 24
"""More histograms are not drawn on one page: a large model has hundreds."""


def draw(
    history: RunHistory, view: str, *, dark: bool = False, **choices: str
) -> Any:
    """One `plotly.graph_objects.Figure` of a run, or a `KeyError`.

    What is left out of the view's `choices`, or empty, is chosen by the
    figure.
    """
    from kgrad import figures

    function: Callable[..., Any] = getattr(figures, view)
    given = {
        name: value
        for name, value in choices.items()
        if value and name in VIEWS[view].choices
    }
    return function(history, **given, dark=dark)


def draw_all(history: RunHistory, *, dark: bool = False) -> Iterator[Any]:
    """Every figure that the run has data for, in the order of a page.

    Those through time come once for each recurrent layer and state, and
    histograms once for each of the first 24 tensors.
    """
    states = layers_of(history)
    shown = {
        "data": any(sample.data for sample in history.samples),
        "horizon": bool(states),
        "activity": bool(history.samples),
    }
    for name, view in VIEWS.items():
        if "layer" in view.choices:
            for layer, of_layer in states.items():
                for state in of_layer:
                    yield draw(
                        history, name, layer=layer, state=state, dark=dark
                    )
        elif "tensor" in view.choices:
            tensors = list(tensors_of(history))
            for tensor in tensors[:MOST_TENSORS]:
                yield draw(history, name, tensor=tensor, dark=dark)
            if len(tensors) > MOST_TENSORS:
                yield _left_out(history, len(tensors), dark)
        elif shown.get(name, True):
            yield draw(history, name, dark=dark)


def _left_out(history: RunHistory, tensors: int, dark: bool) -> Any:
    from kgrad.figures.canvas import missing

    sentence = (
        f"The first {MOST_TENSORS} of {tensors} tensors are shown. "
        "`kgrad.figures.histograms` and the tab Gradients show each."
    )
    return missing(history, "More histograms", sentence, dark=dark)


def layers_of(history: RunHistory) -> dict[str, list[str]]:
    """The states of each recurrent layer that was looked at."""
    found: dict[str, list[str]] = {}
    for layer, state in by_state(history.samples):
        found.setdefault(layer, []).append(state)
    return found


class Plots(tuple[Any, ...]):
    """Figures that show themselves one below the other.

    As the last line of a notebook's cell they are shown by Plotly, in the
    way that suits the notebook; `show()` does so anywhere else. Each is a
    `plotly.graph_objects.Figure`, to be had by its index.
    """

    __slots__ = ()

    def show(self) -> None:
        """Shows every figure, as `plotly.graph_objects.Figure.show` does."""
        for figure in self:
            figure.show()

    def _ipython_display_(self) -> None:
        from plotly.io import renderers

        from kgrad.figures.embedding import registered

        # What Jupyter and VS Code show has no part that `nbconvert --to html`
        # can; ours adds it, and Plotly once.
        shown = renderers.default
        if shown in ("plotly_mimetype", "vscode"):
            shown += f"+{registered()}"
        for figure in self:
            figure.show(renderer=shown)

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return Plots(found) if isinstance(index, slice) else found

    def __repr__(self) -> str:
        titles = [f.layout.title.text for f in self]
        return f"<Plots: {', '.join(map(str, titles))}>"


def plots(history: RunHistory, *, dark: bool = False) -> Plots:
    """Every figure that the run has data for."""
    return Plots(draw_all(history, dark=dark))


def html_page(
    name: str, history: RunHistory, recipe: Mapping[str, Any] | None = None
) -> str:
    """The report of a run with every figure: one file that opens offline."""
    from plotly.offline import get_plotlyjs

    figures = [figure.to_json() for figure in draw_all(history)]
    report = Report.of(name, history)
    return html_report(report, figures, get_plotlyjs(), recipe)
