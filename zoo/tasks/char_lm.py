"""Text, letter by letter: verbs agree with subjects far before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks import grammar
from zoo.tasks.base import Task
from zoo.tasks.splits import Data, Split


class CharLM(Task):
    """A language model of a small English.

    The letters of a word follow from its first ones, and a model of the last
    few letters gets them right. Whether the verb after a relative clause
    ends in s does not follow from them, but from a noun before the clause.
    """

    name = "char_lm"
    version = 1
    definition = (
        "Sentences of a small grammar in which verbs agree in number with "
        "nouns, across clauses. Each next character; chance is the frequency "
        "of each. Solved is halfway from what the last four characters tell "
        "(0.72) to what the whole sentence does (0.54)."
    )
    source = (
        "Elman 1991, Distributed Representations, Simple Recurrent Networks, "
        "and Grammatical Structure, doi:10.1023/A:1022699029236; number "
        "agreement as in Linzen, Dupoux, Goldberg 2016, arXiv:1611.01368"
    )
    length = 64
    lengths = (16, 1000)
    features = 16
    vocabulary = len(grammar.CHARACTERS)
    every_step = True
    outputs = len(grammar.CHARACTERS)
    activation = "softmax"
    loss = "sparse_categorical_crossentropy"
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
                text += grammar.sentence(rng)
            row[:] = grammar.encode(text[: length + 1])
        return codes[:, :-1], codes[:, 1:]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        return f"seen    {grammar.decode(x)}\nanswer   {grammar.decode(y)}"
