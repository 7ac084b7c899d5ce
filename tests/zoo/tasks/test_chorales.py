from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from music21 import chord, converter, corpus, note, stream

from zoo.tasks import TASKS, bach_corpus, chorales
from zoo.tasks.data import Split

TASK = TASKS["chorales"]

# Before a fixture replaces it.
DATASETS = bach_corpus.datasets


def score_of(name: str) -> Any:
    path = corpus.getWork(f"bach/{name}.mxl")
    return converter.parse(path, forceSource=True)


def heard(roll: np.ndarray) -> list[set[int]]:
    """MIDI notes by step."""
    return [set((np.flatnonzero(step) + 21).tolist()) for step in roll]


def midi(names: str) -> set[int]:
    return {note.Note(name).pitch.midi for name in names.split()}


# The first has an upbeat, the second rests in all voices.
@pytest.mark.parametrize("name", ["bwv269", "bwv330"])
def test_what_sounds_is_what_music21_makes_chords_of(name: str) -> None:
    score = score_of(name)
    chords = score.chordify().flatten()
    expected = []
    for quarter in range(int(score.highestTime)):
        (now,) = chords.getElementsByOffset(
            quarter,
            mustBeginInSpan=False,
            includeElementsThatEndAtStart=False,
            classList=[chord.Chord, note.Rest],
        )
        if now.pitches:
            expected.append({pitch.midi for pitch in now.pitches})
    assert heard(bach_corpus.sounding(score)) == expected


def test_aus_meines_herzens_grunde_begins_in_g_and_is_moved_to_c() -> None:
    roll = bach_corpus.sounding(score_of("bwv269"))
    assert heard(roll)[:2] == [midi("G2 B3 D4 G4"), midi("G3 B3 D4 G4")]
    moved = heard(bach_corpus.in_c(roll))
    assert moved[:2] == [midi("C3 E4 G4 C5"), midi("C4 E4 G4 C5")]
    assert len(moved) == len(roll)


def test_a_note_of_no_length_and_silence_do_not_sound() -> None:
    part = stream.Part()
    part.insert(0, note.Note("C4", quarterLength=0.5))
    part.insert(0.5, note.Note("D4", quarterLength=1))
    part.insert(1, note.Note("E4").getGrace())
    part.insert(3, note.Note("F4", quarterLength=1.25))
    roll = bach_corpus.sounding(stream.Score([part]))
    assert heard(roll) == [{60}, {62}, {65}, {65}]


def piece(*chords: set[int]) -> np.ndarray:
    roll = np.zeros((len(chords), 88), np.uint8)
    for step, notes in zip(roll, chords, strict=True):
        step[[each - 21 for each in notes]] = 1
    return roll


MAJOR = [
    {48, 64, 67, 72}, {53, 65, 69, 72}, {55, 62, 67, 71}, {48, 64, 67, 72},
    {57, 64, 69, 72}, {53, 65, 69, 77}, {55, 62, 65, 71}, {48, 64, 67, 72},
]  # fmt: skip
MINOR = [
    {48, 63, 67, 72}, {53, 65, 68, 72}, {55, 62, 67, 71}, {48, 63, 67, 72},
    {56, 63, 68, 72}, {53, 65, 68, 77}, {55, 62, 65, 71}, {48, 63, 67, 72},
]  # fmt: skip


@pytest.mark.parametrize("chords", [MAJOR, MINOR], ids=["major", "minor"])
def test_every_key_is_moved_to_c_by_half_an_octave_at_most(
    chords: list[set[int]],
) -> None:
    for up in range(-6, 6):
        there = piece(*({each + up for each in notes} for notes in chords))
        assert heard(bach_corpus.in_c(there)) == chords


def test_of_pieces_that_are_mostly_alike_the_first_is_kept() -> None:
    first = piece(*MAJOR, *MAJOR[::-1])
    higher = np.roll(first, 3, axis=1)
    shorter = first[:-3]
    other = piece(*MINOR, *MINOR[::-1])
    mostly_other = np.concatenate([first[:8], other])
    rolls = [first, higher, shorter, other, first, mostly_other]
    kept = list(bach_corpus.distinct(rolls))
    assert [id(roll) for roll in kept] == [id(first), id(other)]


@pytest.fixture
def two_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """A corpus of two; says how often it has been read."""
    read = []

    def scores() -> Iterator[Any]:
        read.append("corpus")
        yield from (score_of("bwv269"), score_of("bwv330"))

    monkeypatch.setattr(bach_corpus, "_scores", scores)
    monkeypatch.setattr(bach_corpus, "datasets", lambda: tmp_path / "new")
    return read


def test_scores_are_read_by_one_and_kept(
    two_scores: list[str], tmp_path: Path
) -> None:
    with ThreadPoolExecutor(3) as pool:
        found = list(
            pool.map(lambda _: bach_corpus.pieces.__wrapped__(), range(3))
        )
    assert two_scores == ["corpus"]
    for rolls in found:
        assert [len(roll) for roll in rolls] == [63, 35]
        for roll, name in zip(rolls, ("bwv269", "bwv330"), strict=True):
            expected = bach_corpus.in_c(bach_corpus.sounding(score_of(name)))
            np.testing.assert_array_equal(roll, expected)
    assert sorted(path.suffix for path in (tmp_path / "new").iterdir()) == [
        ".lock",
        ".npz",
    ]


def test_they_are_kept_where_keras_keeps_data_sets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert DATASETS() == tmp_path / "datasets"
    monkeypatch.delenv("KERAS_HOME")
    assert DATASETS() == Path.home() / ".keras" / "datasets"


def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "music21", None)
    with pytest.raises(ImportError, match=r"pip install \"kgrad\[data\]\""):
        bach_corpus.pieces.__wrapped__()


@pytest.mark.full
def test_each_piece_is_in_one_split() -> None:
    numbers = [number for split in get_args(Split) for number in own(split)]
    assert sorted(numbers) == list(range(len(bach_corpus.pieces())))


def own(split: Split) -> list[int]:
    return [int(number) for number in chorales._of(split)]


@pytest.mark.full
def test_the_answer_is_the_next_chord_of_a_piece_of_the_split() -> None:
    rolls = bach_corpus.pieces()
    known = {rolls[number][:97].tobytes() for number in own("validation")}
    x, y = TASK.data("validation", 70)
    assert (x.any(axis=2) == y.any(axis=2)).all()
    seen = set()
    for sample, answer in zip(x, y, strict=True):
        steps = sample.any(axis=1).sum()
        assert not sample[:-steps].any() or steps == 96
        whole = np.concatenate([sample[-steps:], answer[-1:]])
        np.testing.assert_array_equal(whole[1:], answer[-steps:])
        seen.add(whole.astype(np.uint8).tobytes())
    assert seen == known


def test_keys_of_a_piano_have_names() -> None:
    assert [chorales.note(key) for key in (0, 39, 61, 87)] == [
        "A0", "C4", "A#5", "C8",
    ]  # fmt: skip
