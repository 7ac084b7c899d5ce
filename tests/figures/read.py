"""What a figure says and shows, read from the figure itself."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from kgrad.records import Array
from kgrad.storage.history import RunHistory

_TAGS = re.compile("</?(b|i|sup|br|extra)>")
"""The tags that figures use themselves."""


def trace(figure: Any, name: str) -> Any:
    """The one trace of that name that can be hovered over."""
    (found,) = (
        t for t in figure.data if t.name == name and t.hoverinfo != "skip"
    )
    return found


def names(figure: Any) -> set[str]:
    return {trace.name for trace in figure.data}


def numbers(values: Any) -> Array:
    return np.array(values, np.float64)


def said(figure: Any) -> list[str]:
    """The sentences of plots that have nothing to show, as they are read."""
    return [text(note.text) for note in figure.layout.annotations]


def healthy(figure: Any) -> str:
    return text(figure.layout.title.subtitle.text)


def text(markup: str) -> str:
    """What a reader sees of Plotly's markup."""
    return html.unescape(_TAGS.sub(" ", markup))


def strings(figure: Any) -> Iterator[str]:
    """Every string that Plotly is given, but for the theme."""
    content = json.loads(figure.to_json())
    content["layout"].pop("template", None)
    yield from _strings(content)


def markup_of_others(figure: Any) -> list[str]:
    """Strings with a tag or MathJax that is none of the figures' own."""
    return [s for s in strings(figure) if re.search("[<>$]", _TAGS.sub("", s))]


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            # Numbers of arrays, as Plotly packs them.
            if key != "bdata":
                yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)


def history_of(*snapshots: Any, **fields: Any) -> RunHistory:
    return RunHistory(snapshots, **fields)
