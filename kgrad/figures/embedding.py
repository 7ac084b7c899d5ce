"""Figures in a notebook, for the page that is made of it."""

from __future__ import annotations

import re
from typing import Any

from plotly.io import renderers
from plotly.io._base_renderers import NotebookRenderer

NAME = "kgrad"

_FETCHED = re.compile(r'<script src="https?:[^"]*"[^>]*></script>')
"""MathJax, for formulas: our figures have none."""


class _Embedded(NotebookRenderer):
    """Plotly's `notebook`, without what each of its figures fetches."""

    def to_mimebundle(self, fig_dict: dict[str, Any]) -> dict[str, str]:
        (html,) = super().to_mimebundle(fig_dict).values()
        return {"text/html": _FETCHED.sub("", html)}


def embed() -> None:
    """Has `jupyter nbconvert --to html` keep every figure of a notebook.

    Plotly is embedded once, with 5 MB; nothing is fetched when the page is
    opened. In the notebook itself figures are shown as before.
    """
    renderers.default = f"plotly_mimetype+{registered()}"


def registered() -> str:
    """The name of the renderer, by which Plotly knows it from now on."""
    if NAME not in renderers:
        renderers[NAME] = _Embedded()
    return NAME
