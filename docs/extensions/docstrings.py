"""Docstrings, which are written as Markdown, as reStructuredText."""

from __future__ import annotations

from typing import Any


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("autodoc-process-docstring", _escape)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _escape(
    app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """A bar outside of code, as in ||g||, would begin a substitution.

    And code ends only before what is no letter: not so in `Sign`s.
    """
    for i, line in enumerate(lines):
        code, *others = line.replace("``", "\0").split("`")
        parts = [code.replace("|", r"\|")]
        for place, part in enumerate(others):
            if place % 2:
                part = part.replace("|", r"\|")
                part = rf"\ {part}" if part[:1].isalpha() else part
            parts.append(part)
        lines[i] = "`".join(parts).replace("\0", "``")
