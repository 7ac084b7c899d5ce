"""Run files that are cut, damaged, missing or of another kind."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

import kgrad
from kgrad.storage.run_file import FRAME, MAGIC
from tests.storage.made import (
    WINDOW,
    snapshots,
    write,
)


@pytest.mark.parametrize("cut", [1, 10, 500])
def test_a_truncated_file_gives_what_is_before_the_cut(
    cut: int, tmp_path: Path
) -> None:
    path = write(tmp_path, *snapshots(3 * WINDOW))
    path.write_bytes(path.read_bytes()[:-cut])
    history = kgrad.RunHistory.load(tmp_path)
    assert list(history.steps) == list(range(1, 2 * WINDOW + 1))
    (sentence,) = history.damage
    assert "the last record ends after" in sentence
    assert str(path) in sentence


def test_every_cut_can_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, *snapshots(2 * WINDOW))
    whole = path.read_bytes()
    for length in range(0, len(whole), 997):
        path.write_bytes(whole[:length])
        steps = kgrad.RunHistory.load(tmp_path).steps
        assert len(steps) in (0, WINDOW, 2 * WINDOW)


def test_what_is_after_a_damaged_record_is_read_too(tmp_path: Path) -> None:
    path = write(tmp_path, *snapshots(3 * WINDOW))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    history = kgrad.RunHistory.load(tmp_path)
    missing = range(WINDOW + 1, 2 * WINDOW + 1)
    assert set(range(1, 3 * WINDOW + 1)) - set(history.steps) == set(missing)
    (sentence,) = history.damage
    assert "checksum mismatch" in sentence
    assert sentence.endswith("steps 65 to 128 are missing")


def frames(content: bytes) -> list[int]:
    """Offsets of the records."""
    offsets, offset = [], len(MAGIC)
    while offset < len(content):
        offsets.append(offset)
        offset += FRAME.size + FRAME.unpack_from(content, offset)[0]
    return offsets


@pytest.mark.parametrize("length", [0, 1, 2**31, 2**32 - 1])
def test_a_record_whose_length_is_wrong_is_passed_over(
    length: int, tmp_path: Path
) -> None:
    path = write(tmp_path, *snapshots(4 * WINDOW))
    content = bytearray(path.read_bytes())
    second = frames(content)[3]
    content[second : second + 4] = struct.pack("<I", length)
    path.write_bytes(content)
    history = kgrad.RunHistory.load(tmp_path)
    assert len(history.steps) == 3 * WINDOW
    (sentence,) = history.damage
    assert sentence.endswith("steps 65 to 128 are missing")


@pytest.mark.parametrize("record", [0, 1])
def test_targets_that_are_damaged_are_read_from_where_they_are_repeated(
    record: int, tmp_path: Path
) -> None:
    path = write(tmp_path, *snapshots(40 * WINDOW))
    content = bytearray(path.read_bytes())
    content[frames(content)[record] + 20] ^= 0xFF
    path.write_bytes(content)
    history = kgrad.RunHistory.load(tmp_path)
    assert list(history.steps) == list(range(1, 40 * WINDOW + 1))
    (sentence,) = history.damage
    assert sentence.endswith("no step is missing")
    assert len({id(snapshot.targets) for snapshot in history.snapshots}) == 1


def test_windows_without_targets_are_missing(tmp_path: Path) -> None:
    path = write(tmp_path, *snapshots(3 * WINDOW))
    content = bytearray(path.read_bytes())
    content[frames(content)[1] + 20] ^= 0xFF
    path.write_bytes(content)
    history = kgrad.RunHistory.load(tmp_path)
    assert len(history.steps) == 0
    (sentence,) = history.damage
    assert sentence.endswith("what came after step 0 is missing")


def test_a_file_whose_beginning_is_damaged_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, *snapshots(2 * WINDOW))
    path.write_bytes(b"K" + path.read_bytes()[1:])
    history = kgrad.RunHistory.load(tmp_path)
    assert len(history.steps) == 2 * WINDOW
    (sentence,) = history.damage
    assert "does not begin like a run file" in sentence


def test_files_that_are_missing_are_told_of(tmp_path: Path) -> None:
    for start in (1, 65, 129):
        write(tmp_path, *snapshots(WINDOW, first=start))
    (tmp_path / "gradients-0001.kgrad").unlink()
    history = kgrad.RunHistory.load(tmp_path)
    assert len(history.steps) == 2 * WINDOW
    (sentence,) = history.damage
    assert "gradients-0001.kgrad is missing" in sentence
    # What is written now does not take the place of it.
    assert write(tmp_path).name == "gradients-0003.kgrad"


def test_an_empty_file_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "gradients-0000.kgrad").touch()
    (sentence,) = kgrad.RunHistory.load(tmp_path).damage
    assert "is empty" in sentence


def test_a_file_of_another_kind_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "gradients-0000.kgrad").write_bytes(b"something else")
    history = kgrad.RunHistory.load(tmp_path)
    assert len(history.steps) == 0
    assert "is not a kgrad run file" in history.damage[0]


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="`folder` must be a run"):
        kgrad.RunHistory.load(tmp_path)
