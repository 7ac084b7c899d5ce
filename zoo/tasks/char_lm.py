"""Text, letter by letter: verbs agree with distant subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split

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


class CharLM(Task):
    """A language model of a small part of English.

    Most letters of a word follow from its first ones, so a model of the last
    few letters gets them right. Whether the verb after a relative clause
    ends in s does not: it follows from a noun before the clause.
    """

    name = "char_lm"
    version = 1
    definition = (
        "Sentences of a small grammar in which verbs agree in number with "
        "nouns, across clauses. Predict each next character; chance is the "
        "frequency of each. Solved is halfway between what the last four "
        "characters determine (0.72) and what the whole sentence does "
        "(0.54)."
    )
    source = (
        "Elman 1991, Distributed Representations, Simple Recurrent Networks, "
        "and Grammatical Structure, doi:10.1023/A:1022699029236; number "
        "agreement as in Linzen, Dupoux, Goldberg 2016, arXiv:1611.01368"
    )
    length = 64
    lengths = (16, 1000)
    features = 16
    vocabulary = len(CHARACTERS)
    every_step = True
    outputs = len(CHARACTERS)
    metric = "bits_per_character"
    higher_is_better = False
    chance = 3.888
    solved = 0.63
    apart = True
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "learning_rate": 5e-3,
        "decay": True,
        "epochs": 15,
        "stop_when_solved": 0,
        # XLA halves a step of a small model, for seconds of compiling.
        "jit_compile": True,
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        codes = np.empty((size, length + 1), np.int32)
        for row in codes:
            text = ""
            while len(text) <= length:
                text += sentence(rng)
            row[:] = encode(text[: length + 1])
        return codes[:, :-1], codes[:, 1:]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        return f"seen    {decode(x)}\nanswer   {decode(y)}"
