"""All figures of one run, by name, and how a notebook shows them.

Plotly is imported when the first figure is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from kgrad.records import Measure, with_ratios
from kgrad.report import Report
from kgrad.report.html import html_report
from kgrad.storage.history import RunHistory

STATISTIC = "gradient_norm"
"""What is shown as long as nothing else was chosen."""


@dataclass(frozen=True)
class View:
    """A figure of one run.

    Args:
        title: What it is called in a page.
        choices: The arguments it takes: of `"layer"`, `"state"` and
            `"statistic"`.
    """

    title: str
    choices: tuple[str, ...] = ()


VIEWS = {
    "story": View("Story"),
    "parameters": View("Parameters", ("statistic",)),
    "time_map": View("Through time", ("layer", "state")),
    "time_profiles": View("Profiles", ("layer", "state")),
    "horizon": View("Horizon"),
    "activity": View("Activity"),
}
"""By the name of the function in `kgrad.figures`, in the order of a page."""


def draw(
    history: RunHistory, view: str, *, dark: bool = False, **choices: str
) -> Any:
    """One figure of a run.

    Args:
        history: The run.
        view: One of `VIEWS`.
        dark: Whether the page is dark.
        **choices: Of the view's `choices`; what is left out or empty is
            chosen by the figure.

    Returns:
        A `plotly.graph_objects.Figure`.

    Raises:
        KeyError: If the run has no such layer, state or statistic.
        ValueError: Likewise.
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

    Those through time come once for each recurrent layer and state.

    Args:
        history: The run.
        dark: Whether the page is dark.
    """
    states = layers_of(history)
    shown = {"horizon": bool(states), "activity": bool(history.samples)}
    for name, view in VIEWS.items():
        if "layer" in view.choices:
            for layer, of_layer in states.items():
                for state in of_layer:
                    yield draw(
                        history, name, layer=layer, state=state, dark=dark
                    )
        elif shown.get(name, True):
            yield draw(history, name, dark=dark)


def layers_of(history: RunHistory) -> dict[str, list[str]]:
    """The states of each recurrent layer that was looked at."""
    found: dict[str, list[str]] = {}
    for sample in history.samples:
        for profile in sample.profiles:
            states = found.setdefault(profile.layer, [])
            if profile.state not in states:
                states.append(profile.state)
    return found


def statistics_of(history: RunHistory) -> tuple[Measure, ...]:
    """What can be asked of each target."""
    return with_ratios(history.measures)


class Plots(Sequence[Any]):
    """Figures that show themselves one below the other.

    As the last line of a notebook's cell they are shown by Plotly, in the
    way that suits the notebook; `show()` does so anywhere else. Each is a
    `plotly.graph_objects.Figure`, to be had by its index.

    Args:
        figures: The figures, in the order of a page.
    """

    def __init__(self, figures: Sequence[Any]) -> None:
        self._figures = tuple(figures)

    def show(self) -> None:
        """Shows every figure, as `plotly.graph_objects.Figure.show` does."""
        for figure in self._figures:
            figure.show()

    def _ipython_display_(self) -> None:
        self.show()

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> Plots: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Plots(self._figures[index])
        return self._figures[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __repr__(self) -> str:
        titles = [f.layout.title.text for f in self._figures]
        return f"<Plots: {', '.join(map(str, titles))}>"


def plots(history: RunHistory, *, dark: bool = False) -> Plots:
    """Every figure that the run has data for.

    Args:
        history: The run.
        dark: Whether the notebook is dark.
    """
    return Plots(list(draw_all(history, dark=dark)))


def html_page(
    name: str, history: RunHistory, recipe: Mapping[str, Any] | None = None
) -> str:
    """The report of a run with every figure: one file that opens offline.

    Args:
        name: What the run is called.
        history: The run.
        recipe: What it was made from, as in a `recipe.json`.
    """
    from plotly.offline import get_plotlyjs

    figures = [figure.to_json() for figure in draw_all(history)]
    report = Report.of(name, history)
    return html_report(report, figures, get_plotlyjs(), recipe)
