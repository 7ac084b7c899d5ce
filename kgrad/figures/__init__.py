"""Figures: histories come in, Plotly figures come out.

Tab, notebook and page show the same. Each says what a healthy run looks like
and what is missing, keeps every extreme, and shows text from files as text.
`dark` is for a dark page. Plotly is imported with the first figure.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgrad.figures.activity_plot import activity
    from kgrad.figures.compare_plot import compare
    from kgrad.figures.data_plot import data
    from kgrad.figures.embedding import embed
    from kgrad.figures.histogram_plot import histograms
    from kgrad.figures.parameters_plot import parameters
    from kgrad.figures.story_plot import story
    from kgrad.figures.time_map_plot import time_map
    from kgrad.figures.time_plots import horizon, time_profiles
    from kgrad.report.comparison import runs_table

__all__ = [
    "activity",
    "compare",
    "data",
    "embed",
    "histograms",
    "horizon",
    "parameters",
    "runs_table",
    "story",
    "time_map",
    "time_profiles",
]

# No file here is named after a function: the import of a submodule would
# bind its name in this package, and hide the function.
_ON_DEMAND = {
    "activity": "kgrad.figures.activity_plot",
    "compare": "kgrad.figures.compare_plot",
    "data": "kgrad.figures.data_plot",
    "embed": "kgrad.figures.embedding",
    "histograms": "kgrad.figures.histogram_plot",
    "horizon": "kgrad.figures.time_plots",
    "parameters": "kgrad.figures.parameters_plot",
    "runs_table": "kgrad.report.comparison",
    "story": "kgrad.figures.story_plot",
    "time_map": "kgrad.figures.time_map_plot",
    "time_profiles": "kgrad.figures.time_plots",
}


def __getattr__(name: str) -> Any:
    """Imports Plotly, which takes a second, with the first figure."""
    if name in _ON_DEMAND:
        return getattr(importlib.import_module(_ON_DEMAND[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
