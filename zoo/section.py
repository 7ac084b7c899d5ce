"""A part of a Markdown file that a command writes, between two comments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Section:
    """What lies between two marker comments.

    Args:
        name: What is there, as in `"results"`.
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
        """The comment behind it."""
        return f"<!-- end of {self.name} -->"

    def write(self, file: Path, text: str) -> bool:
        """Puts a text between the two comments.

        Args:
            file: A Markdown file.
            text: Without the blank lines around it.

        Returns:
            Whether that changed the file.

        Raises:
            FileNotFoundError: If there is no file.
            ValueError: If it has not each comment once, in their order.
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
