"""Files that mean harm: refused or read, never believed."""

from __future__ import annotations

import json
import random
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgrad.storage.history import RunHistory
from kgrad.storage.loading import load_file
from kgrad.storage.run_file import FRAME, MAGIC
from tests.fuzz.__main__ import broken
from tests.fuzz.readers import READERS, Reader, run_file
from zoo.runs.weights import require_plain

FEW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
QUICK = [reader for reader in READERS if reader.name != "run file, drawn"]


def by_name(reader: Reader) -> str:
    return reader.name


@pytest.mark.parametrize("reader", QUICK, ids=by_name)
@FEW
@given(data=st.binary(max_size=300))
def test_anything_at_all_is_read_or_refused(
    reader: Reader, data: bytes, tmp_path: Path
) -> None:
    assert broken(reader, data, tmp_path) == ""


@pytest.mark.parametrize("reader", QUICK, ids=by_name)
@FEW
@given(seed=st.integers(0, 2**32))
def test_a_good_file_that_is_damaged_is_read_or_refused(
    reader: Reader, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    mutate = chance.choice(reader.mutations)
    assert broken(reader, mutate(reader.good(), chance), tmp_path) == ""


@pytest.mark.parametrize("reader", READERS, ids=by_name)
def test_the_good_file_is_read(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(reader.good())
    reader.read(path)


@FEW
@given(data=st.binary(max_size=200), place=st.integers(0, 10**6))
def test_what_is_put_between_two_records_costs_no_step(
    data: bytes, place: int, tmp_path: Path
) -> None:
    """Whatever it is: what lay there before is read."""
    good = run_file()
    ends, offset = [], len(MAGIC)
    while offset < len(good):
        ends.append(offset)
        offset += FRAME.size + FRAME.unpack_from(good, offset)[0]
    end = ends[place % len(ends)]
    path = tmp_path / "gradients-0000.kgrad"
    path.write_bytes(good[:end] + data + good[end:])
    history = RunHistory.load(tmp_path)
    assert list(history.steps) == list(range(1, 49))
    assert bool(history.damage) == bool(data)


def record(content: Any, arrays: bytes = b"") -> bytes:
    """A run file of one record, with the right length and checksum."""
    body = json.dumps(content).encode() + b"\n" + arrays
    return MAGIC + FRAME.pack(len(body), zlib.crc32(body)) + body


@pytest.mark.parametrize(
    "arrays",
    [
        [["<f8", [10**12]]],
        [["<f8", [-1]]],
        [["<f8", [2**63, 2**63]]],
        [["<f8", [0, 10**12]]],
        [["|O", [1]]],
        [["O", [1]]],
        [["<U999999999", [1]]],
        [["i4,(9999,9999)f8", [1]]],
        [["<f8", "1"]],
        [["<f8"]],
        ["<f8"],
        [[None, None]],
        {"a": 1},
        10**12,
        None,
    ],
)
def test_a_header_that_lies_takes_no_memory(
    arrays: Any, tmp_path: Path
) -> None:
    data = record({"kind": "window", "seconds": 0, "arrays": arrays}, bytes(8))
    (tmp_path / "gradients-0000.kgrad").write_bytes(data)
    tracemalloc.start()
    history = RunHistory.load(tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(history.steps) == 0
    assert len(history.damage) == 1
    assert most < 4 << 20


def test_a_file_of_nothing_but_beginnings_is_read_soon(tmp_path: Path) -> None:
    one = FRAME.pack(2**20, 0) + b'{"kind": "'
    (tmp_path / "gradients-0000.kgrad").write_bytes(MAGIC + 100_000 * one)
    history = RunHistory.load(tmp_path)
    assert len(history.damage) <= 2


def test_text_cannot_move_the_cursor_of_a_terminal(tmp_path: Path) -> None:
    finding = {
        "kind": "finding",
        "sign": "\x1b]0;owned\x07",
        "target": "\ud800\r",
        "first_step": 1,
        "last_step": 1,
        "value": 0.0,
        "limit": 0.0,
        "explanation": "two\nlines",
        "arrays": [],
    }
    path = tmp_path / "gradients-0000.kgrad"
    path.write_bytes(record(finding))
    (found,) = load_file(path).findings
    assert found.sign == "\ufffd]0;owned\ufffd"
    assert found.target == "?\ufffd"
    assert found.explanation == "two\nlines"


def external(file: h5py.File, secret: Path) -> None:
    file["link"] = h5py.ExternalLink(str(secret), "/x")


def outside(file: h5py.File, secret: Path) -> None:
    file.create_dataset("raw", (8,), "u1", external=[(str(secret), 0, 8)])


def virtual(file: h5py.File, secret: Path) -> None:
    layout = h5py.VirtualLayout((4,), "f8")
    layout[:] = h5py.VirtualSource(str(secret), "x", (4,))
    file.create_virtual_dataset("virtual", layout)


def soft(file: h5py.File, secret: Path) -> None:
    file["soft"] = h5py.SoftLink("/elsewhere")


def circle(file: h5py.File, secret: Path) -> None:
    file.create_group("a")["again"] = file["/"]


def bomb(file: h5py.File, secret: Path) -> None:
    file.create_dataset(
        "zeros", (10**12,), "f4", chunks=(10**6,), compression="gzip"
    )


def text(file: h5py.File, secret: Path) -> None:
    file["text"] = "not a number"


@pytest.mark.parametrize(
    "make", [external, outside, virtual, soft, circle, bomb, text]
)
def test_weights_that_are_more_than_weights_are_refused(
    make: Any, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = np.zeros(4)
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        make(file, secret)
    with pytest.raises(ValueError, match=r"^it |^its "):
        require_plain(path, 1000)
