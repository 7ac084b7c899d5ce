"""A table that holds in a narrow terminal, its words and numbers whole.

Where there is not enough room, the columns that matter least are left out;
what is long stands below its row, as wide as the terminal. A first cell that
leaves no room for the others stands on a line of its own. Only names that no
terminal has room for are broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from kgrad.report.table import Column

GAP = 2
"""Spaces between two columns."""
INDENT = 2
"""Spaces before what stands below a row."""
NAME = 44
"""A longer name costs no other column its place: it is broken.

`bidirectional/backward_lstm/recurrent_kernel` has 44.
"""
_NARROW = 8
"""Of a column of names, in which they are broken."""


@dataclass
class FittedTable:
    """Rows of short cells, each with lines of any length below it.

    Args:
        columns: Its columns; the first names the row. A title may have line
            breaks.
        title: A line above it.
    """

    columns: Sequence[Column]
    title: str = ""
    _rows: list[tuple[tuple[Text, ...], tuple[Text, ...]]] = field(
        default_factory=list
    )

    def add(self, *cells: str | Text, below: Sequence[Text] = ()) -> None:
        """Adds a row: a cell for each column, and what stands below it.

        Raises:
            ValueError: If there is not a cell for each column.
        """
        if len(cells) != len(self.columns):
            raise ValueError(
                f"`cells` must be {len(self.columns)}, one for each column. "
                f"Received: cells={cells}"
            )
        # Plain text is no markup: a name may have brackets.
        texts = (c if isinstance(c, Text) else Text(c) for c in cells)
        self._rows.append((tuple(texts), tuple(below)))

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        """The lines, none wider than the console."""
        room = options.max_width
        shown = self._shown(room)
        widths = self._fitting(shown, room)
        if self.title:
            yield from _lines(Text(self.title, "italic"), console, room)
        yield from self._head(console, shown, widths)
        for cells, below in self._rows:
            name = cells[0]
            if name.cell_len > widths[0]:
                yield from _lines(name, console, room)
                name = Text()
            row = [name, *cells[1:]]
            yield from self._row(console, row, shown, widths)
            for text in below:
                for line in _lines(text, console, max(room - INDENT, 1)):
                    yield Text(" " * INDENT) + line

    def left_out(self, room: int) -> list[int]:
        """The columns, by number, that a console so wide has no room for."""
        shown = self._shown(room)
        return [i for i in range(len(self.columns)) if i not in shown]

    def _is_left(self, column: int) -> bool:
        return column == 0 or self.columns[column].kind != "number"

    def _of(self, column: int) -> list[int]:
        """The widths of the cells of a column, and of the lines of its head."""
        cells = [cells[column].plain for cells, _ in self._rows]
        lines = [*self.columns[column].title.splitlines(), *cells]
        return [cell_len(line) for line in lines]

    def _needed(self, column: int) -> int:
        width = max(self._of(column), default=0)
        return min(width, NAME) if self._is_left(column) else width

    def _shown(self, room: int) -> list[int]:
        """The columns there is room for, the spare ones left out."""
        shown = list(range(len(self.columns)))
        spare = [i for i in shown if self.columns[i].spare]
        spare.sort(key=lambda i: self.columns[i].spare)
        for column in spare:
            if sum(self._needed(i) + GAP for i in shown) - GAP <= room:
                break
            shown.remove(column)
        return shown

    def _fitting(self, shown: Sequence[int], room: int) -> list[int]:
        """The width of each column, so that those shown fit."""
        widths = [self._needed(i) for i in range(len(self.columns))]
        over = sum(widths[i] + GAP for i in shown) - GAP - room
        for i in shown[1:]:
            if self._is_left(i):
                less = max(min(over, widths[i] - _NARROW), 0)
                widths[i] -= less
                over -= less
        # Names that leave no room for the numbers have lines of their own.
        rest = sum(widths[i] + GAP for i in shown[1:])
        fitting = [width for width in self._of(0) if width + rest <= room]
        widths[0] = max(fitting, default=INDENT)
        return widths

    def _head(
        self, console: Console, shown: Sequence[int], widths: Sequence[int]
    ) -> Iterator[Text]:
        titles = [column.title.splitlines() for column in self.columns]
        height = max(len(titles[i]) for i in shown)
        for row in range(height):
            # A short head stands at the bottom.
            heads = [
                Text(title[k] if (k := row - height + len(title)) >= 0 else "")
                for title in titles
            ]
            for line in self._row(console, heads, shown, widths):
                line.stylize("bold")
                yield line
        whole = sum(widths[i] + GAP for i in shown) - GAP
        yield Text("─" * whole, "dim")

    def _row(
        self,
        console: Console,
        cells: Sequence[Text],
        shown: Sequence[int],
        widths: Sequence[int],
    ) -> Iterator[Text]:
        """The lines of a row: one, unless a name is broken."""
        parts = {
            i: list(_lines(cells[i], console, widths[i]))
            if self._is_left(i)
            else [cells[i]]
            for i in shown
        }
        for k in range(max(map(len, parts.values()))):
            line = Text(no_wrap=True, overflow="ignore")
            for i in shown:
                part = parts[i][k] if k < len(parts[i]) else Text()
                space = Text(" " * (widths[i] - part.cell_len))
                left = self._is_left(i)
                line.append_text(part + space if left else space + part)
                line.append(" " * GAP)
            line.rstrip()
            yield line


def _lines(text: Text, console: Console, width: int) -> Iterator[Text]:
    """A text over lines, broken between words where that is possible."""
    for line in text.wrap(console, width):
        line.rstrip()
        yield line
