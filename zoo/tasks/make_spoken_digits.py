"""Makes the data of `spoken_digits`: `python -m zoo.tasks.make_spoken_digits`.

It needs the free speech synthesizer eSpeak NG (Debian's package `espeak-ng`;
GPL 3 or later, which covers the program and not what it says). The same
version of it gives the same file. Only spectrograms are kept, no audio.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.tasks import log_mel
from zoo.tasks.data import Split

PROGRAM = "espeak-ng"
FILE = Path(__file__).with_name("spoken_digits.npz")

WORDS = (
    "zero", "one", "two", "three", "four",
    "five", "six", "seven", "eight", "nine",
)  # fmt: skip

VOICES: Mapping[Split, tuple[str, ...]] = {
    "train": (
        "m1", "m2", "m3", "m4", "m6", "m8", "f1", "f2", "f4", "f5",
        "Alex", "Alicia", "Andy", "Annie", "Denis", "Gene", "Hugo", "Lee",
        "Marco", "Michael", "adam", "belinda", "benjamin", "david",
        "edward", "john", "max", "pablo", "paul", "quincy", "robert", "zac",
    ),
    "validation": ("m5", "Diogo", "Jacky", "caleb", "miguel", "steph"),
    "test": (
        "m7", "f3", "Andrea", "Mario", "Mike", "anika", "linda", "rob",
        "shelby", "victor",
    ),
}  # fmt: skip
"""The synthesiser's voice variants, each in one split only."""

ACCENTS = (
    "en-us", "en-us-nyc", "en-gb", "en-gb-scotland", "en-gb-x-rp",
    "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029",
)  # fmt: skip

TAKES = 5
"""How often each voice says each word, never twice the same way."""

_SEED = 71_994
_SPEEDS = (140, 240)
_PITCHES = (20, 80)
_DECIBELS_OVER_NOISE = (10, 30)
_SILENCE = 200
"""Loudness of what counts as silence, of 32,767."""


@dataclass(frozen=True)
class Take:
    """How a word is said.

    Args:
        word: Place in `WORDS`.
        voice: One of `VOICES`.
        accent: One of `ACCENTS`.
        speed: Words a minute.
        pitch: 0 to 99.
        over_noise: Decibels by which the word is louder than the noise.
        start: Where in the silence that is left it begins, 0 to 1.
        noise_seed: Seed of the noise.
    """

    word: int
    voice: str
    accent: str
    speed: int
    pitch: int
    over_noise: float
    start: float
    noise_seed: int


def takes(voice: str) -> list[Take]:
    """Everything that a voice says; it depends on nothing else.

    Args:
        voice: One of `VOICES`.
    """
    rng = np.random.default_rng([_SEED, *voice.encode()])
    return [
        Take(
            word=word,
            voice=voice,
            accent=ACCENTS[rng.integers(len(ACCENTS))],
            speed=int(rng.integers(*_SPEEDS)),
            pitch=int(rng.integers(*_PITCHES)),
            over_noise=float(rng.uniform(*_DECIBELS_OVER_NOISE)),
            start=float(rng.random()),
            noise_seed=int(rng.integers(2**32)),
        )
        for _ in range(TAKES)
        for word in range(len(WORDS))
    ]


def recorded(take: Take) -> npt.NDArray[np.uint8]:
    """Says a word and listens: `(40, 40)`, see `log_mel.levels`.

    Raises:
        FileNotFoundError: If the synthesizer is not installed.
        RuntimeError: If it fails.
    """
    word = _spoken(take)
    loud = np.flatnonzero(np.abs(word) > _SILENCE)
    word = word[loud[0] : loud[-1] + 1]
    length = log_mel.FRAMES * log_mel.HOP
    begin = int(take.start * max(length - len(word), 0))
    rng = np.random.default_rng(take.noise_seed)
    noise = rng.standard_normal(length)
    loudness = np.sqrt(np.mean(word**2)) / 10 ** (take.over_noise / 20)
    sound = noise * loudness
    sound[begin : begin + len(word)] += word[: length - begin]
    return log_mel.levels(sound)


def synthesizer() -> str:
    """Name and version of the synthesizer, `""` if there is none."""
    if shutil.which(PROGRAM) is None:
        return ""
    # "eSpeak NG text-to-speech: 1.51  Data at: /usr/lib/..."
    return _run("--version").decode().split("  ")[0].strip()


def make() -> dict[str, npt.NDArray[Any]]:
    """The content of the file.

    Returns:
        `levels`, `(n, 40, 40)` uint8; `word` and `voice`, `(n,)` uint8, by
        their place in `WORDS` and `voices`; `voices`; `synthesiser`.
    """
    voices = [voice for split in VOICES.values() for voice in split]
    said = [take for voice in voices for take in takes(voice)]
    return {
        "levels": np.stack([recorded(take) for take in said]),
        "word": np.array([take.word for take in said], np.uint8),
        "voice": np.array([voices.index(t.voice) for t in said], np.uint8),
        "voices": np.array(voices),
        "synthesiser": np.array(synthesizer()),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the file.

    Args:
        arguments: What follows the program's name; by default those that
            the program was called with.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default=FILE, type=Path)
    file = parser.parse_args(arguments).file
    content = make()
    np.savez_compressed(file, **content)  # type: ignore[arg-type]
    print(f"{file}: {len(content['word'])} words, {file.stat().st_size} bytes")


def _spoken(take: Take) -> npt.NDArray[np.float64]:
    """The sound of a word, as the synthesizer says it."""
    audio = _run(
        "--stdout",
        "-v",
        f"{take.accent}+{take.voice}",
        "-s",
        str(take.speed),
        "-p",
        str(take.pitch),
        WORDS[take.word],
    )
    with wave.open(BytesIO(audio)) as file:
        if file.getframerate() != log_mel.RATE:
            raise RuntimeError(
                f"`{PROGRAM}` must give {log_mel.RATE} samples per second. "
                f"Received: {file.getframerate()}"
            )
    # Written to a pipe, the header cannot tell how much follows.
    return np.frombuffer(audio[44:], "<i2").astype(np.float64)


def _run(*arguments: str) -> bytes:
    try:
        done = subprocess.run(
            [PROGRAM, *arguments], capture_output=True, check=True
        )
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"`{PROGRAM}` must be installed: Debian's package espeak-ng."
        ) from error
    except subprocess.CalledProcessError as error:
        raise RuntimeError(
            f"`{PROGRAM}` must take its arguments: {error.stderr.decode()}. "
            f"Received: arguments={arguments}"
        ) from error
    return done.stdout


if __name__ == "__main__":
    main()
