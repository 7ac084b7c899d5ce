"""Formulas as MathML, which browsers draw without a script or a font."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls."""
    app.add_html_math_renderer("mathml", (_inline, None), (_displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(page: Any, node: nodes.Element) -> None:
    page.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _displayed(page: Any, node: nodes.Element) -> None:
    formula = convert(node.astext(), display="block")
    page.body.append(f'<div class="formula">{formula}</div>\n')
    raise nodes.SkipNode
