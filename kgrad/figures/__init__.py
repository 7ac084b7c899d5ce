"""Pictures of runs: each a function of histories that returns a figure.

Tab, notebook and HTML page show the same figures. Each carries a line that
says what a healthy run looks like, keeps every extreme however long the run
is, shows text from files as text, and says plainly what is missing. Nothing
here imports Keras or TensorFlow, and `import kgrad` does not import this.

Example:
    >>> from kgrad import RunHistory, figures           # doctest: +SKIP
    >>> figures.story(RunHistory.load("runs/1")).show()  # doctest: +SKIP
"""

from __future__ import annotations

from kgrad.figures.activity import activity
from kgrad.figures.compare import compare
from kgrad.figures.horizon import horizon
from kgrad.figures.parameters import parameters
from kgrad.figures.runs_table import runs_table
from kgrad.figures.story import story
from kgrad.figures.time_map import time_map
from kgrad.figures.time_profiles import time_profiles

__all__ = [
    "activity",
    "compare",
    "horizon",
    "parameters",
    "runs_table",
    "story",
    "time_map",
    "time_profiles",
]
