"""README and the pages of docs/, as tests read them."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"

_BLOCK = re.compile(r"^( *)```([\w{}-]*)[^\n]*\n(.*?)^\1```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block: `"python"`, `"console"`, `"text"`."""

    language: str
    text: str


@dataclass(frozen=True)
class Page:
    """A Markdown file."""

    file: Path

    @property
    def name(self) -> str:
        """Its path from the root: `"docs/start.md"`."""
        return self.file.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """All of it."""
        return self.file.read_text(encoding="utf-8")

    @property
    def blocks(self) -> list[Block]:
        """Its fenced blocks, in their order."""
        return [
            Block(language, textwrap.dedent(text))
            for _, language, text in _BLOCK.findall(self.text)
        ]

    @property
    def commands(self) -> list[str]:
        """The lines of its console blocks."""
        return [
            line
            for block in self.blocks
            if block.language == "console"
            for line in block.text.splitlines()
            if line
        ]

    def table(self, heading: str) -> list[list[str]]:
        """The rows of the first table below a heading, without its head."""
        below = self.text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        return rows_of(below)[1:]


def rows_of(text: str) -> list[list[str]]:
    """The rows of all tables, heads included, as lists of cells."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[c.strip() for c in row.split("|")[1:-1]] for row in rows]
    return [row for row in cells if set(row) != {"---"}]


README = Page(ROOT / "README.md")
PAGES = [README, *map(Page, sorted(DOCS.rglob("*.md")))]


def page(name: str) -> Page:
    """The page with this path from the root."""
    return Page(ROOT / name)
