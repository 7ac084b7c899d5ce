"""Music: four voices, a chord a step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks.bach_corpus import KEYS, LOWEST, pieces
from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import over_time

SIZES: Mapping[str, int] = {"train": 212, "validation": 70, "test": 71}
_ORDER = np.random.default_rng(0).permutation(sum(SIZES.values()))
_NAMES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]


class Chorales(Task):
    """Bach's chorales: which notes sound next?

    What is asked and how it is measured are as in Boulanger-Lewandowski,
    Bengio, Vincent 2012 and Bai, Kolter, Koltun 2018. Their data set, JSB
    Chorales, is made of the same music in another way:

    - Its 382 pieces are split 229/76/77, these alike, but 212/70/71 by a
      permutation of ours: their test pieces are not ours.
    - Both are sampled at quarter notes and moved to a common keynote. How JSB
      Chorales found it is not said, and its notes lie up to an octave
      higher, from 43 to 96; here they stay near where they were sung.
    - Pieces that also have instruments, pieces that mostly repeat another
      and steps of silence are left out here.
    - One piece in twenty is longer than `length` steps and loses its end.

    So numbers can be read beside theirs, but small differences say nothing.
    """

    name = "chorales"
    version = 1
    definition = (
        "Which of a piano's 88 notes sound at each quarter note of a chorale "
        "for four voices, in C major or C minor, padded in front. Which will "
        "at the next? The metric is the negative log-likelihood in nats a "
        "step, chance that of notes which sound as often as in training. Not "
        "the split and encoding of JSB Chorales, but much like them."
    )
    source = (
        "Johann Sebastian Bach, from the corpus of music21 (BSD-3-Clause), "
        "which has the encodings by permission and is not copied here; "
        "Boulanger-Lewandowski, Bengio, Vincent 2012, Modeling Temporal "
        "Dependencies in High-Dimensional Sequences, arXiv:1206.6392; Bai, "
        "Kolter, Koltun 2018, arXiv:1803.01271"
    )
    length = 96
    lengths = (2, 191)
    features = KEYS
    masked = True
    every_step = True
    outputs = KEYS
    activation = "sigmoid"
    loss = "binary_crossentropy"
    metric = "nll"
    higher_is_better = False
    chance = 11.1
    solved = 8.73
    available: ClassVar[Mapping[str, int]] = SIZES
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 128,
        "learning_rate": 1e-2,
        "decay": True,
        "batch_size": 8,
        "epochs": 40,
        "stop_when_solved": 0,
        "jit_compile": True,
    }
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"learning_rate": 2e-3}
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        rolls = pieces()
        chosen = rng.permutation(_of(split))[:size]
        x, y = np.zeros((2, len(chosen), length, KEYS), np.float32)
        for sample, answer, number in zip(x, y, chosen, strict=True):
            roll = rolls[number][: length + 1]
            steps = len(roll) - 1
            sample[-steps:], answer[-steps:] = roll[:-1], roll[1:]
        return x, y

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        there = x.any(axis=1)
        seen, answer = x[there] > 0, y[there] > 0
        heard = np.flatnonzero((seen | answer).any(axis=0))[::-1]
        rows = {
            note(key): "".join(np.where(seen[:, key], "#", "."))
            for key in heard
        }
        last = " ".join(note(key) for key in np.flatnonzero(answer[-1]))
        return f"{over_time(rows)}\n\nanswer  {last}"


def note(key: int) -> str:
    """The name of a piano's key, 0 for the lowest: `"C4"` is middle C."""
    octave, place = divmod(key + LOWEST, 12)
    return f"{_NAMES[place]}{octave - 1}"


def _of(split: Split) -> npt.NDArray[np.intp]:
    """The numbers of the pieces of a split."""
    train, validation, test = np.split(
        _ORDER, np.cumsum(list(SIZES.values()))[:-1]
    )
    return {"train": train, "validation": validation, "test": test}[split]
