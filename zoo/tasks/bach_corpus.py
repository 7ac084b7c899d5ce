"""Bach's chorales in the corpus of the package `music21`, as piano rolls.

Reading the scores takes half a minute, so the piano rolls are kept in Keras'
folder of data sets.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from zoo.tasks.data import from_package

Roll = npt.NDArray[np.uint8]
"""`(steps, KEYS)`: 1 where a note sounds."""

VOICES = ["Soprano", "Alto", "Tenor", "Bass"]
LOWEST, KEYS = 21, 88
"""The piano, from A0, which is MIDI's note 21, to C8."""

_ENCODING = 1
"""Increased whenever the same score would give another piano roll."""

_PROGRESSION = 6

_MAJOR = [
    6.35,
    2.23,
    3.48,
    2.33,
    4.38,
    4.09,
    2.52,
    5.19,
    2.39,
    3.66,
    2.29,
    2.88,
]
_MINOR = [6.33, 2.68, 3.52, 5.38, 2.6, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]
"""How well each semitone above the keynote fits: Krumhansl, Kessler 1982."""


@cache
def pieces() -> tuple[Roll, ...]:
    """The chorales in the order of the corpus, each once.

    Raises:
        ImportError: If `music21` is not installed.
    """
    version = from_package("music21", _version)
    folder = datasets()
    file = folder / f"kgrad-chorales-{version}-{_ENCODING}.npz"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Of several processes, one reads the scores and the others wait.
        with FileLock(f"{file}.lock"):
            if not file.exists():
                rolls = (in_c(sounding(score)) for score in _scores())
                _write(file, list(distinct(rolls)))
    with np.load(file, allow_pickle=False) as kept:
        return tuple(np.split(kept["steps"], kept["ends"][:-1]))


def sounding(score: Any) -> Roll:
    """What sounds at each quarter note; steps of silence are left out.

    Args:
        score: A `music21` score.
    """
    roll = np.zeros((math.ceil(score.highestTime), KEYS), np.uint8)
    for note in score.flatten().notes:
        first = math.ceil(note.offset)
        end = math.ceil(note.offset + note.quarterLength)
        for pitch in note.pitches:
            roll[first:end, pitch.midi - LOWEST] = 1
    return roll[roll.any(axis=1)]


def in_c(roll: Roll) -> Roll:
    """The same piece in C major or C minor, moved by half an octave at most.

    The key is that whose profile, of all 24, correlates best with how often
    each of the twelve notes sounds.

    Args:
        roll: A piano roll.
    """
    sounds = np.zeros(12)
    np.add.at(sounds, (np.arange(KEYS) + LOWEST) % 12, roll.sum(axis=0))
    fits = [
        [np.corrcoef(np.roll(profile, key), sounds)[0, 1] for key in range(12)]
        for profile in (_MAJOR, _MINOR)
    ]
    key = int(np.argmax(np.max(fits, axis=0)))
    return np.roll(roll, -key if key < 6 else 12 - key, axis=1)


def distinct(rolls: Iterable[Roll]) -> Iterator[Roll]:
    """Leaves out what is mostly a copy of what came before.

    Bach used some settings again, some in another key. A piece is left out
    if more than half of its progressions of six chords have been there, in
    whatever key.

    Args:
        rolls: Piano rolls.
    """
    known: set[bytes] = set()
    for roll in rolls:
        mine = set(_progressions(roll))
        if len(mine & known) <= len(mine) / 2:
            known |= mine
            yield roll


def _progressions(roll: Roll) -> Iterator[bytes]:
    for start in range(len(roll) - _PROGRESSION + 1):
        chords = roll[start : start + _PROGRESSION]
        lowest = np.flatnonzero(chords.any(axis=0))[0]
        yield np.roll(chords, -lowest, axis=1).tobytes()


def _scores() -> Iterator[Any]:
    """Those of the four voices alone, without further instruments."""
    from music21 import converter
    from music21.corpus.corpora import CoreCorpus

    paths = sorted(map(Path, CoreCorpus().getComposer("bach")))
    for path in (path for path in paths if path.suffix == ".mxl"):
        # Otherwise music21 keeps a copy of each score in a folder of its own.
        score: Any = converter.parse(path, forceSource=True)
        if [part.partName for part in score.parts] == VOICES:
            yield score


def _version() -> str:
    import music21

    return str(music21.__version__)


def datasets() -> Path:
    """Where `keras.utils.get_file` would put them."""
    home = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
    return Path(home) / "datasets"


def _write(file: Path, rolls: list[Roll]) -> None:
    """Writes all or nothing."""
    part = file.with_suffix(".part.npz")
    ends = np.cumsum([len(roll) for roll in rolls])
    np.savez_compressed(part, steps=np.concatenate(rolls), ends=ends)
    part.replace(file)
