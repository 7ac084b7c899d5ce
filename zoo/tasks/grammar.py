"""The sentences of `char_lm`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

CHARACTERS = " .abcdefghiklmnopqrstuwy"
"""Those that occur."""

NOUNS = (
    "bird", "boy", "cat", "cook", "cow", "dog", "duck", "farmer", "friend",
    "girl", "goat", "horse", "king", "poet", "queen", "singer",
)  # fmt: skip
VERBS = (
    "admire", "call", "fear", "find", "follow", "greet", "hear", "help",
    "like", "meet", "see", "thank",
)  # fmt: skip
PLACES = ("behind", "beside", "near", "with")
RELATIVE = 0.6
"""Share of subjects that a clause or a place follows."""


def sentence(rng: np.random.Generator) -> str:
    """A sentence and the blank after it.

    Subject, verb, object: "the dogs that the cat near the king sees fear
    the boy. ". The verb has an s if its subject has none.

    Args:
        rng: Chooses.
    """
    noun, plural = _noun(rng)
    between = _between(rng, plural) if rng.random() < RELATIVE else ""
    return f"the {noun}{between} {_verb(rng, plural)} the {_noun(rng)[0]}. "


def encode(text: str) -> npt.NDArray[np.int32]:
    """The place of each character among `CHARACTERS`, `(len(text),)`."""
    return np.array([CHARACTERS.index(c) for c in text], np.int32)


def decode(codes: npt.NDArray[Any]) -> str:
    """The text that `encode` was given."""
    return "".join(CHARACTERS[code] for code in codes)


def _between(rng: np.random.Generator, plural: bool) -> str:
    """What stands between a subject and its verb."""
    kind = rng.integers(3)
    other, others = _noun(rng)
    if kind == 0:
        return f" {_pick(PLACES, rng)} the {other}"
    if kind == 1:
        return f" that {_verb(rng, plural)} the {other}"
    return f" that the {other} {_verb(rng, others)}"


def _noun(rng: np.random.Generator) -> tuple[str, bool]:
    """A noun, and whether it is plural."""
    plural = bool(rng.integers(2))
    return _pick(NOUNS, rng) + "s" * plural, plural


def _verb(rng: np.random.Generator, plural: bool) -> str:
    return _pick(VERBS, rng) + ("" if plural else "s")


def _pick(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
