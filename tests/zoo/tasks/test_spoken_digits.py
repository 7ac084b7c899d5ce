"""The shipped recordings, and the script that makes them."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from zoo.tasks import TASKS, log_mel
from zoo.tasks import make_spoken_digits as script
from zoo.tasks.data import Split

TASK = TASKS["spoken_digits"]


@pytest.fixture(scope="module")
def shipped() -> dict[str, np.ndarray]:
    with np.load(script.FILE, allow_pickle=False) as file:
        return dict(file)


def test_no_voice_is_in_two_splits() -> None:
    for a, b in itertools.combinations(script.VOICES.values(), 2):
        assert not set(a) & set(b)
    assert all(len(set(v)) == len(v) for v in script.VOICES.values())


def test_every_voice_says_every_word_as_often(
    shipped: dict[str, np.ndarray],
) -> None:
    voices = [voice for split in script.VOICES.values() for voice in split]
    assert list(shipped["voices"]) == voices
    said = np.zeros((len(voices), len(script.WORDS)), int)
    np.add.at(said, (shipped["voice"], shipped["word"]), 1)
    assert (said == script.TAKES).all()


def test_the_recordings_are_levels_and_small(
    shipped: dict[str, np.ndarray],
) -> None:
    levels = shipped["levels"]
    count = sum(TASK.available.values())
    assert levels.shape == (count, log_mel.FRAMES, log_mel.BANDS)
    assert levels.dtype == np.uint8
    assert (levels.max(axis=(1, 2)) == log_mel.LEVELS).all()
    assert script.FILE.stat().st_size < 4 * 2**20


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_a_split_has_the_recordings_of_its_own_voices(
    split: Split, shipped: dict[str, np.ndarray]
) -> None:
    x, words = TASK.data(split, TASK.available[split])
    names = shipped["voices"][shipped["voice"]]
    known = {
        levels.tobytes(): (word, voice)
        for levels, word, voice in zip(
            shipped["levels"], shipped["word"], names, strict=True
        )
    }
    levels = np.rint((x + 1) / 2 * log_mel.LEVELS).astype(np.uint8)
    for sample, word in zip(levels, words, strict=True):
        said, voice = known[sample.tobytes()]
        assert said == word
        assert voice in script.VOICES[split]


def test_what_a_voice_says_does_not_depend_on_the_others() -> None:
    takes = script.takes("m7")
    assert takes == script.takes("m7")
    ways = {(t.word, t.accent, t.speed, t.pitch, t.over_noise) for t in takes}
    assert len(ways) == len(takes) == script.TAKES * len(script.WORDS)
    assert takes[0].over_noise != script.takes("m6")[0].over_noise


def needs_synthesizer() -> None:
    with np.load(script.FILE, allow_pickle=False) as file:
        wanted = str(file["synthesiser"])
    if script.synthesizer() != wanted:
        pytest.skip(f"made with {wanted}, here is {script.synthesizer()!r}")


@pytest.mark.full
@pytest.mark.parametrize("voice", ["m1", "steph", "victor"])
def test_the_script_makes_what_is_shipped(
    voice: str, shipped: dict[str, np.ndarray]
) -> None:
    needs_synthesizer()
    mine = shipped["voices"][shipped["voice"]] == voice
    takes = script.takes(voice)
    assert [take.word for take in takes] == list(shipped["word"][mine])
    for take, levels in list(zip(takes, shipped["levels"][mine], strict=True))[
        ::10
    ]:
        made = script.recorded(take).astype(int)
        # A Fourier transform of another processor may round to a neighbour.
        assert np.abs(made - levels).max() <= 1
        assert (made != levels).mean() < 0.01


@pytest.mark.full
def test_the_script_writes_a_file_that_needs_no_pickle(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    needs_synthesizer()
    monkeypatch.setattr(script, "VOICES", {"train": ("m1",)})
    monkeypatch.setattr(script, "TAKES", 1)
    script.main([str(tmp_path / "few.npz")])
    assert "10 words" in capsys.readouterr().out
    with np.load(tmp_path / "few.npz", allow_pickle=False) as file:
        assert file["levels"].shape == (10, 40, 40)
        assert list(file["word"]) == list(range(10))
        assert str(file["synthesiser"]).startswith("eSpeak NG")


def test_without_the_synthesiser_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(script, "PROGRAM", "no-such-program")
    assert script.synthesizer() == ""
    with pytest.raises(FileNotFoundError, match="espeak-ng"):
        script.recorded(script.takes("m1")[0])


@pytest.mark.parametrize("hertz", [200, 1000, 4000])
def test_a_tone_is_loudest_in_the_band_of_its_pitch(hertz: int) -> None:
    time = np.arange(20_000) / log_mel.RATE
    levels = log_mel.levels(np.sin(2 * np.pi * hertz * time))
    corners = np.linspace(
        2595 * np.log10(1 + 80 / 700), 2595 * np.log10(1 + 8000 / 700), 42
    )
    mel = 2595 * np.log10(1 + hertz / 700)
    nearest = np.abs(corners[1:-1] - mel).argmin()
    assert abs(int(levels[20].argmax()) - nearest) <= 1
    assert levels.max() == log_mel.LEVELS


def test_a_sound_half_as_loud_is_two_levels_lower() -> None:
    time = np.arange(9000) / log_mel.RATE
    tone = np.sin(2 * np.pi * 1000 * time)
    levels = log_mel.levels(np.concatenate([tone, tone / 2]))
    assert levels[5].max() - levels[30].max() == 2


def test_silence_is_level_0_and_too_long_a_sound_is_cut() -> None:
    sound = np.zeros(30_000)
    sound[:3000] = np.random.default_rng(0).standard_normal(3000)
    levels = log_mel.levels(sound)
    assert (levels[10:] == 0).all()
    assert levels.shape == (40, 40)
