"""A table of numbers as text, which a renderer only has to lay out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """A column of a table.

    A text may be broken over lines; a number and a curve, which is a row of
    blocks, may not. A narrow console has no room for all of them: columns
    with a `spare` are left out, 1 first, those without one never.
    """

    title: str
    kind: Literal["text", "number", "curve"] = "number"
    spare: int = 0


@dataclass(frozen=True)
class Table:
    """A table of numbers, as text: the first column names the row.

    The legend says by name what columns mean and what is healthy; the notes
    are what else must be known to read it.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
