"""Film reviews: does the writer like the film?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split, downloaded

WORDS = 10_000


class Imdb(Task):
    """Real text, word by word; downloaded at first use.

    The end of a review says most, so only the end of a long one is kept.
    Short ones are padded in front, and the padding is masked.
    """

    name = "imdb"
    version = 1
    definition = (
        "The last 200 words of a review from IMDB, as numbers by frequency, "
        "below 10,000. Is it positive? Downloaded at first use."
    )
    source = (
        "Maas et al. 2011, Learning Word Vectors for Sentiment Analysis, "
        "aclanthology.org/P11-1015; as in keras.datasets.imdb, compared with "
        "Dai, Le 2015, arXiv:1511.01432"
    )
    length = 200
    lengths = (10, 1000)
    features = 32
    vocabulary = WORDS
    masked = True
    outputs = 2
    chance = 0.5
    solved = 0.85
    available: ClassVar[Mapping[str, int]] = {
        "train": 20_000,
        "validation": 5000,
        "test": 25_000,
    }
    offline = False
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 32,
        "learning_rate": 1e-3,
        "epochs": 5,
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        reviews, good = _reviews(split)
        chosen = rng.permutation(len(reviews))[:size]
        x = np.zeros((len(chosen), length), np.int32)
        for row, review in zip(x, reviews[chosen], strict=True):
            end = review[-length:]
            row[length - len(end) :] = end
        return x, good[chosen]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        words = " ".join(map(str, x[x > 0]))
        return f"{words}\nanswer  {('bad', 'good')[y]}"


@cache
def _load() -> Any:
    def load() -> Any:
        from keras.datasets import imdb

        return imdb.load_data(num_words=WORDS)

    return downloaded("imdb.npz", load)


def _reviews(split: Split) -> Data:
    """Reviews as lists of words, and whether they are good.

    Validation is the last fifth of the training data.
    """
    train, test = _load()
    reviews, good = test if split == "test" else train
    own = {
        "train": slice(None, -len(good) // 5),
        "validation": slice(-len(good) // 5, None),
        "test": slice(None),
    }[split]
    return reviews[own], good[own].astype(np.intp)
