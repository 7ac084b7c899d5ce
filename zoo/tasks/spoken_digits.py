"""Spoken digits: the zoo's speech."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zoo.tasks import log_mel
from zoo.tasks.base import Task
from zoo.tasks.data import Data, Split
from zoo.tasks.drawing import picture
from zoo.tasks.make_spoken_digits import FILE, TAKES, VOICES, WORDS


class SpokenDigits(Task):
    """Words, spoken by voices that were never heard before.

    The 48 voices are synthetic, in eight accents, at different speeds and
    pitches, with noise. Those of the test data do not occur in the training
    data. `make_spoken_digits` made the file and can make it again.
    """

    name = "spoken_digits"
    version = 1
    definition = (
        "The words zero to nine as 40 frames of 20 ms with 40 mel bands "
        "each, in [-1, 1], spoken by the voices of a speech synthesizer in "
        "noise. Which word is it? Test voices are not training voices."
    )
    source = (
        "Made with eSpeak NG 1.51, github.com/espeak-ng/espeak-ng, by "
        "zoo/tasks/make_spoken_digits.py; a task like that of Leonard 1984, A "
        "Database for Speaker-Independent Digit Recognition, "
        "doi:10.1109/ICASSP.1984.1172716"
    )
    length = log_mel.FRAMES
    lengths = (log_mel.FRAMES, log_mel.FRAMES)
    features = log_mel.BANDS
    outputs = len(WORDS)
    chance = 1 / len(WORDS)
    solved = 0.9
    available: ClassVar[Mapping[str, int]] = {
        split: len(voices) * TAKES * len(WORDS)
        for split, voices in VOICES.items()
    }
    recipe: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "learning_rate": 1e-2,
        "decay": True,
        "batch_size": 32,
        "epochs": 40,
        "stop_when_solved": 0,
    }
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "simple_rnn": {"learning_rate": 5e-4}
    }

    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        levels, words, voices = _recordings()
        mine = np.flatnonzero(np.isin(voices, VOICES[split]))
        chosen = rng.permutation(mine)[:size]
        x = levels[chosen].astype(np.float32) * (2 / log_mel.LEVELS) - 1
        return x, words[chosen]

    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        # Time to the right, high pitch above.
        return f"{picture(x.T[::-1], low=-1)}\nanswer  {WORDS[y]}"


@cache
def _recordings() -> tuple[npt.NDArray[Any], ...]:
    """Spectrograms, words and names of voices of all recordings."""
    with np.load(FILE, allow_pickle=False) as file:
        words = file["word"].astype(np.intp)
        return file["levels"], words, file["voices"][file["voice"]]
