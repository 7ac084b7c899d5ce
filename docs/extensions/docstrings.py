"""Docstrings, which write norms as ||g||, as reStructuredText."""

from __future__ import annotations

from typing import Any


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("autodoc-process-docstring", _keep_bars)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _keep_bars(
    app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """A bar would begin a substitution, outside of code."""
    for i, line in enumerate(lines):
        parts = line.split("`")
        parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
        lines[i] = "`".join(parts)
