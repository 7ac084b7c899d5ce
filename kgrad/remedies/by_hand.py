"""What only a person can change: data, and how a model is put together."""

from __future__ import annotations

from kgrad.records import Remedy


def by_hand(
    id: str, name: str, code: str, cures: str, does_not_cure: str
) -> Remedy:
    """A remedy without edits for a machine.

    Args:
        id: Name for machines, `"labels_from_zero"`.
        name: Short, in the words of a lecture.
        code: Python that can be pasted.
        cures: What it does.
        does_not_cure: What it leaves as it is.
    """
    del id  # Until remedies have one.
    return Remedy(name, code, cures, does_not_cure)
