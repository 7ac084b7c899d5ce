"""Text from files in Markdown, none of which is Markdown itself."""

from __future__ import annotations

import html
import re

from kgrad.report.printable import printable

_ENTITIES = str.maketrans({c: f"&#{ord(c)};" for c in "~$`"})
"""What some readers take for markup and some cannot escape."""


def escaped(text: str) -> str:
    """The same characters on one line, none of them Markdown or HTML.

    Nor does a bare address become a link.
    """
    line = html.escape(" ".join(printable(text).split()), quote=False)
    line = re.sub(r"([\\*_{}\[\]#])", r"\\\1", line)
    # At the start of a line: a list, a rule. Anywhere: an address.
    line = re.sub(r"^(\d*)([-+.)])", r"\1\\\2", line)
    line = line.translate(_ENTITIES)
    return line.replace("://", ":&#47;&#47;").replace("www.", "www\\.")


def words(text: str) -> str:
    """A sentence, escaped.

    Backticks around a name go: with them it would have to be code, in which
    nothing can be escaped.
    """
    return escaped(text.replace("`", ""))


def fenced(text: str, language: str = "") -> str:
    """Lines as they are, in a fixed-width font.

    Args:
        text: No run of backticks in it ends the block: the fence is longer.
        language: `"python"`.
    """
    lines = "\n".join(printable(text).splitlines())
    longest = max(map(len, re.findall("`+", lines)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{lines}\n{fence}"


def indented(text: str) -> str:
    """The same for readers that know no fences."""
    return "\n".join(f"    {line}" for line in printable(text).splitlines())


def _cell(text: str) -> str:
    return escaped(text).replace("|", "&#124;")


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table; the first column holds names, the others numbers."""
    marks = ("---", *("---:" for _ in head[1:]))
    lines = [map(_cell, head), marks, *(map(_cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
