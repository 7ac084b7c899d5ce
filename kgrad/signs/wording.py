"""How what was seen is put into words."""

from __future__ import annotations

from kgrad.records.numbers import number

SO_FAR = "; so far "
"""What comes between a clause and how things stand in the midst of training."""


def sentence(clause: str) -> str:
    """A clause as a sentence: with a capital and a full stop."""
    return f"{clause[:1].upper()}{clause[1:]}."


def plain_name(sign: str) -> str:
    """The name of a sign in a sentence: `"large updates"`."""
    return sign.replace("_", " ")


def of_norm(ratio: float, whose: str = "its") -> str:
    """How large a change is: `"18% of its norm"`, `"12 times its norm"`."""
    size = f"{ratio:.0%} of" if ratio < 1 else f"{number(ratio)} times"
    return f"{size} {whose} norm"
