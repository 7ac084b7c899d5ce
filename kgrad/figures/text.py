"""Text from files, made safe and short enough for a figure.

Plotly reads a subset of HTML, entities, MathJax between `$` and, in the
templates of hover boxes, `%{...}`. A name or a sentence of a run is none of
these, whoever wrote the file.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "$": "&#36;",
        "%": "&#37;",
        "\n": " ",
        "\r": " ",
        "\t": " ",
    }
)


def escape(text: str) -> str:
    """The text as Plotly shows it literally, on one line.

    Halves of surrogate pairs, which JSON may hold and UTF-8 may not, become
    question marks.
    """
    return text.encode("utf-8", "replace").decode().translate(_ESCAPES)


def wrap(text: str, width: int) -> str:
    """The text, escaped, on lines of so many characters at most."""
    return "<br>".join(escape(line) for line in textwrap.wrap(text, width))


def code(text: str, width: int) -> str:
    """Program text, escaped: its lines and their indents stay."""
    lines = [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(
            line, width, drop_whitespace=False, subsequent_indent="    "
        )
        or [""]
    ]
    return "<br>".join(escape(line) for line in lines)


def shorten(text: str, length: int) -> str:
    """The text, without its middle if it is longer; not escaped."""
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[head + 1 - length :]}"


def labels_of(names: Sequence[str], length: int) -> list[str]:
    """Names as the labels of an axis: short, escaped, no two the same.

    Args:
        names: What is to be distinguished, in order.
        length: Characters of the longest.
    """
    short = [shorten(name, length) for name in names]
    count = Counter(short)
    return [
        escape(text if count[text] == 1 else f"{text} #{i}")
        for i, text in enumerate(short)
    ]
