"""A change to the reader's code, for a person and for a machine."""

from __future__ import annotations

from dataclasses import dataclass

from kgrad.records.edits import Edit


@dataclass(frozen=True)
class Remedy:
    """A change to the reader's code, and what it is good for.

    Args:
        id: Name for machines, `"clip_gradients"`: what was measured of the
            remedy is kept by it, so that its words can change.
        name: Short, in the words of a lecture: `"gradient clipping"`.
        code: Python that can be pasted, adapted to the watched model.
        cures: What it does.
        does_not_cure: What it leaves as it is.
        edits: The same change for `kgrad.treat`, which does it to the
            model; none where only a person can do it.
    """

    id: str
    name: str
    code: str
    cures: str
    does_not_cure: str
    edits: tuple[Edit, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}  # {self.name}: {self.cures}"
