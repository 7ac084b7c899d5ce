"""A table that holds in a narrow terminal: no word is ever broken.

Where there is not enough room, the columns that matter least are left out;
what is long stands below its row, as wide as the terminal. A first cell that
leaves no room for the others stands on a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

GAP = 2
"""Spaces between two columns."""
INDENT = 2
"""Spaces before what stands below a row."""


@dataclass(frozen=True)
class FittedColumn:
    """A column.

    Args:
        title: Its head; it may have line breaks.
        dropped: Which column goes first where there is no room for all: the
            one with the largest number. 0: it always stays.
        left: Whether its cells begin at the left, as those of words do.
    """

    title: str
    dropped: int = 0
    left: bool = False


@dataclass
class FittedTable:
    """Rows of short cells, each with lines of any length below it.

    Args:
        columns: Its columns; the first names the row.
        title: A line above it.
    """

    columns: Sequence[FittedColumn]
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
        widths = [self._width(i) for i in range(len(self.columns))]
        shown = self._shown(widths, room)
        rest = sum(widths[i] + GAP for i in shown[1:])
        # Names that leave no room for the numbers have lines of their own.
        own = max(widths[0], 1) + rest > room
        if own:
            fitting = [
                cell_len(line)
                for line in self._of(0)
                if cell_len(line) + rest <= room
            ]
            widths[0] = max(fitting, default=INDENT)
        if self.title:
            yield from _lines(Text(self.title, "italic"), console, room)
        yield from self._head(shown, widths)
        for cells, below in self._rows:
            name = cells[0]
            if own and name.cell_len > widths[0]:
                yield from _lines(name, console, room)
                name = Text()
            yield self._line([name, *cells[1:]], shown, widths)
            for text in below:
                for line in _lines(text, console, max(room - INDENT, 1)):
                    yield Text(" " * INDENT) + line

    def _of(self, column: int) -> list[str]:
        """The cells of a column, and the lines of its head."""
        cells = [cells[column].plain for cells, _ in self._rows]
        return [*self.columns[column].title.splitlines(), *cells]

    def _width(self, column: int) -> int:
        return max(map(cell_len, self._of(column)), default=0)

    def _shown(self, widths: Sequence[int], room: int) -> list[int]:
        """The columns there is room for, those that matter least dropped."""
        shown = list(range(len(widths)))
        while sum(widths[i] + GAP for i in shown) - GAP > room:
            last = max(shown, key=lambda i: self.columns[i].dropped)
            if not self.columns[last].dropped:
                break
            shown.remove(last)
        return shown

    def _head(
        self, shown: Sequence[int], widths: Sequence[int]
    ) -> RenderResult:
        titles = [column.title.splitlines() for column in self.columns]
        height = max(len(titles[i]) for i in shown)
        for row in range(height):
            # A short head stands at the bottom.
            heads = [
                Text(title[k] if (k := row - height + len(title)) >= 0 else "")
                for title in titles
            ]
            line = self._line(heads, shown, widths)
            line.stylize("bold")
            yield line
        whole = sum(widths[i] + GAP for i in shown) - GAP
        yield Text("─" * whole, "dim")

    def _line(
        self, cells: Sequence[Text], shown: Sequence[int], widths: Sequence[int]
    ) -> Text:
        line = Text(no_wrap=True, overflow="ignore")
        for i in shown:
            space = Text(" " * (widths[i] - cells[i].cell_len))
            left = self.columns[i].left or i == 0
            line.append_text(cells[i] + space if left else space + cells[i])
            line.append(" " * GAP)
        line.rstrip()
        return line


def _lines(text: Text, console: Console, width: int) -> Iterator[Text]:
    """A text over lines, broken between words where that is possible."""
    for line in text.wrap(console, width):
        line.rstrip()
        yield line
