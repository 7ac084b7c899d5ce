"""How results are written: numbers, Markdown tables, sections of a page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


def short(value: float) -> str:
    """Three digits: `"0.957"`, `"0.00134"`, `"NaN"`."""
    return f"{value:.3g}" if math.isfinite(value) else "NaN"


def mean_and_spread(mean: float, spread: float) -> str:
    """`"0.957 ± 0.004"`; the spread to one digit.

    Args:
        mean: The mean.
        spread: The standard deviation; left out where it is NaN.
    """
    if not math.isfinite(spread):
        return short(mean)
    return f"{short(mean)} ± {spread:.1g}"


def markdown_table(
    head: Sequence[object], rows: Iterable[Sequence[object]]
) -> str:
    """A table in Markdown, without a line break at its end."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


@dataclass(frozen=True)
class Section:
    """A part of a Markdown file that a command writes, between two comments.

    Args:
        name: What it holds: `"results"`.
        command: The command that writes it.
    """

    name: str
    command: str

    @property
    def begin(self) -> str:
        """The comment before it."""
        return f"<!-- {self.name}: `{self.command}` writes them -->"

    @property
    def end(self) -> str:
        """The comment after it."""
        return f"<!-- end of {self.name} -->"

    def write(self, file: Path, text: str) -> bool:
        """Replaces what is between the two comments.

        Args:
            file: A Markdown file.
            text: Without the blank lines around it.

        Returns:
            Whether that changed the file.

        Raises:
            FileNotFoundError: If there is no such file.
            ValueError: If it does not have each comment once, in this order.
        """
        old = file.read_text(encoding="utf-8")
        before, begin, rest = old.partition(self.begin)
        _, end, after = rest.partition(self.end)
        once = old.count(self.begin) == old.count(self.end) == 1
        if not (begin and end and once):
            raise ValueError(
                f"`file` must hold the lines {self.begin!r} and {self.end!r}, "
                f"once each. Received: file={str(file)!r}"
            )
        new = f"{before}{begin}\n\n{text}\n\n{end}{after}"
        if new != old:
            file.write_text(new, encoding="utf-8")
        return new != old
