"""All figures of a run, for a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

from kgrad.figures.views import draw_all
from kgrad.storage.history import RunHistory


class Plots(Sequence[Any]):
    """Figures that show themselves one below the other.

    As the last line of a notebook's cell they are shown by Plotly, in the
    way that suits the notebook; `show()` does so anywhere else. Each is a
    `plotly.graph_objects.Figure`, to be had by its index.

    Args:
        figures: The figures, in the order to tell.
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
