"""Text from files, made safe for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text without what a terminal would obey rather than show.

    Control characters, with which a name could move the cursor or change
    colours, and halves of surrogate pairs become `�`; line breaks stay.
    """
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
