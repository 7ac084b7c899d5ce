"""Directives whose content is made of the code when the pages are built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import from_code
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

MADE: dict[str, Callable[..., str]] = {
    "every-check": from_code.every_check,
    "every-remedy": from_code.every_remedy,
    "evidence": from_code.evidence_table,
    "public": from_code.public,
    "remedies-of": from_code.remedies_of,
    "rules-of": from_code.rules_of,
    "run-of": from_code.run_of,
    "signs": from_code.table_of_signs,
}
"""By the name of the directive; its argument goes to the function."""


class Generated(SphinxDirective):
    """Markdown that a function makes."""

    optional_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        """The nodes in its place."""
        text = MADE[self.name](*self.arguments)
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls."""
    for name in MADE:
        app.add_directive(name, Generated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
