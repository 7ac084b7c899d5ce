"""The documentation of Python's standard library, character by character."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.make_python_docs import BETWEEN, FILE

CHARACTERS = (
    "\n !\"#%'()*+,-./0123456789:;<=>?"
    "ABCDEFGHIKLMNOPRSTUVWXY[\\]^_abcdefghijklmnopqrstuvwxyz{|}~"
)
"""Those that occur."""

SHARES: Mapping[Split, float] = {"test": 0.15, "validation": 0.1}
"""Most of the text that a split may have; the rest is for training."""

_SPLIT_SEED = 20_001


@cache
def topics_of_splits() -> Mapping[Split, tuple[str, ...]]:
    """The texts of each split: a topic belongs to one."""
    text = gzip.decompress(FILE.read_bytes()).decode("ascii")
    topics = text.split(BETWEEN)
    found: dict[Split, list[str]] = {"train": [], "validation": [], "test": []}
    left = {split: share * len(text) for split, share in SHARES.items()}
    for index in np.random.default_rng(_SPLIT_SEED).permutation(len(topics)):
        topic = topics[index]
        split: Split = next((s for s in left if len(topic) <= left[s]), "train")
        if split in left:
            left[split] -= len(topic)
        found[split].append(topic)
    return {split: tuple(texts) for split, texts in found.items()}


@cache
def codes(split: Split) -> npt.NDArray[np.int32]:
    """The text of a split, as places among `CHARACTERS`."""
    text = "\n\n".join(topics_of_splits()[split])
    return np.array([CHARACTERS.index(c) for c in text], np.int32)


def decode(windows: npt.NDArray[Any]) -> str:
    """The text of codes."""
    return "".join(CHARACTERS[code] for code in windows)


class PythonDocs(Task):
    """A language model of real text: prose with code, tables and grammar.

    Windows begin anywhere in the text of a split. `make_python_docs` made
    the file and can make it again.
    """

    name = "python_docs"
    version = 1
    definition = (
        "The standard library's own documentation in Python 3.11, 89 "
        "characters; test topics are not training topics. Predict each next "
        "character; chance is the frequency of each. Solved is what a model "
        "of trigrams gets, with Kneser-Ney smoothing; one of six-grams is "
        "better (1.98)."
    )
    source = (
        "docs.python.org/3.11, PSF License Version 2, by "
        "zoo/tasks/make_python_docs.py; a character model as in Sutskever, "
        "Martens, Hinton 2011, Generating Text with Recurrent Neural Networks; "
        "n-grams as in Chen and Goodman 1999, doi:10.1006/csla.1999.0128"
    )
    length = 64
    lengths = (16, 1000)
    features = 32
    vocabulary = len(CHARACTERS)
    every_step = True
    outputs = len(CHARACTERS)
    metric = "bits_per_character"
    higher_is_better = False
    chance = 4.625
    solved = 2.82
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 128,
        "learning_rate": 5e-3,
        "decay": True,
        "epochs": 8,
        "stop_when_solved": 0,
        # XLA halves a step of a small model, for seconds of compiling.
        "jit_compile": True,
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        text = codes(split)
        starts = rng.integers(0, len(text) - length, size)
        windows = text[starts[:, np.newaxis] + np.arange(length + 1)]
        return windows[:, :-1], windows[:, 1:]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        seen, answer = (decode(row).replace("\n", "¶") for row in (x, y))
        return f"seen    {seen}\nanswer  {answer}"
