"""Reads run files: whatever they hold becomes records or reported damage."""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from kgrad.storage.run_file import BEGINNING, FRAME, MAGIC, Record

_FINDING = BEGINNING + b'finding", "sign": "'
_CHUNK = 1 << 20
_JSON = json.JSONDecoder()
_NUMBERS = re.compile(r"[<>|][biuf][1248]")
"""Array types that are allowed: numbers, nothing that could be an object."""


class Damage(NamedTuple):
    """Bytes of a run file that were passed over, and why, as a clause."""

    offset: int
    length: int
    reason: str


class RunFileReader:
    """Reads the records of one file, from where it stopped the last time.

    After damage it looks for the next record that is whole, and continues
    there. Nothing in the file is believed: an array never takes more memory
    than its record has bytes. A file that cannot be opened is an `OSError`.

    Attributes:
        damages: What was skipped.
        foreign: Whether the file holds no record and does not begin like a
            run file.
        incomplete: Number of bytes of an incomplete last record: it is still
            being written, or its writer was killed.
        began: Offset of the record that was read last.
        offset: Number of bytes that were read so far.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.damages: list[Damage] = []
        self.foreign = False
        self.incomplete = 0
        self.began = 0
        self.offset = 0
        self._frame = MAGIC

    def is_replaced(self) -> bool:
        """Whether another file has taken the place of the one that was read.

        Then nothing that was read of it holds any more, and a new reader has
        to begin. What the last record began with, its length and checksum, is
        looked for in its place.
        """
        if not self.offset:
            return False
        with open(self.path, "rb") as file:
            file.seek(self.began)
            return file.read(len(self._frame)) != self._frame

    def read(
        self, updates: dict[bytes, bytes] | None = None
    ) -> Iterator[Record]:
        """The records that have come since the last call.

        Args:
            updates: Takes, by what they update, the payloads of findings that
                only go on, if it is given: of thousands the last one counts.
        """
        with open(self.path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            self.incomplete = size - self.offset
            if self.offset == 0 and not self._begin(file):
                return
            file.seek(self.offset)
            while self.incomplete >= FRAME.size:
                frame = file.read(FRAME.size)
                length, checksum = FRAME.unpack(frame)
                whole = FRAME.size + length <= self.incomplete
                try:
                    if not whole:
                        raise ValueError("its length is not that of a record")
                    body = file.read(length)
                    if zlib.crc32(body) != checksum:
                        raise ValueError("checksum mismatch")
                    updated = updated_by(body) if updates is not None else b""
                    record = None if updated else self._decode(body)
                except BAD as error:
                    distance = self._next(file)
                    if distance is None and not whole:
                        return
                    self._skip(distance or self.incomplete, str(error))
                    file.seek(self.offset)
                    continue
                self.began, self._frame = self.offset, frame
                self._advance(FRAME.size + length)
                if record is not None:
                    yield record
                elif updates is not None:
                    updates[updated] = body

    def _begin(self, file: BinaryIO) -> bool:
        magic = file.read(len(MAGIC))
        if magic == MAGIC:
            self._advance(len(MAGIC))
            return True
        if MAGIC.startswith(magic):
            return False
        self._frame = magic
        distance = self._next(file)
        self.foreign = distance is None
        if distance is not None:
            self._skip(distance, "it does not begin like a run file")
        return distance is not None

    def _advance(self, length: int) -> None:
        self.offset += length
        self.incomplete -= length

    def _skip(self, length: int, reason: str) -> None:
        before = self.damages[-1] if self.damages else Damage(0, 0, "")
        if before.length and before.offset + before.length == self.offset:
            self.damages[-1] = before._replace(length=before.length + length)
        else:
            self.damages.append(Damage(self.offset, length, reason))
        self._advance(length)

    def _next(self, file: BinaryIO) -> int | None:
        """Bytes from here to the next complete record, if there is one.

        The search is bounded: a file may consist of nothing but beginnings of
        records.
        """
        end = self.offset + self.incomplete
        allowed = 8 * self.incomplete + _CHUNK
        for start in _beginnings(file, self.offset + 1 + FRAME.size, end):
            file.seek(start - FRAME.size)
            length, checksum = FRAME.unpack(file.read(FRAME.size))
            if length > end - start:
                continue
            allowed -= length
            if allowed < 0:
                return None
            if zlib.crc32(file.read(length)) == checksum:
                return start - FRAME.size - self.offset
        return None

    def _decode(self, body: bytes) -> Record:
        return decoded(body)


def updated_by(body: bytes) -> bytes:
    """What tells a finding from others, if the payload only updates it.

    Sign and target are written first, and remedies only if they are others.
    """
    if not body.startswith(_FINDING) or b'"remedies": ' in body:
        return b""
    return body[: max(body.find(b', "first_step": '), 0)]


def decoded(body: bytes) -> Record:
    """A record from its payload; one of `BAD` if it is none."""
    # Arrays are views of the record: they make up most of a long run.
    end = body.index(b"\n")
    text = body[:end].decode()
    content, read = _JSON.raw_decode(text)
    if read < len(text):
        raise ValueError("more than a record")
    if not isinstance(content, dict) or type(content["kind"]) is not str:
        raise ValueError("not a record of kgrad")
    return content, _arrays(content.pop("arrays"), body, end + 1)


BAD = (ValueError, TypeError, KeyError, OverflowError, RecursionError)
"""What comes of a record that says something that cannot be."""


def _beginnings(file: BinaryIO, start: int, end: int) -> Iterator[int]:
    """Offsets at which a record's payload might begin."""
    while start < end:
        file.seek(start)
        data = file.read(min(_CHUNK + len(BEGINNING), end - start))
        found = data.find(BEGINNING)
        while found >= 0:
            yield start + found
            found = data.find(BEGINNING, found + 1)
        start += _CHUNK + 1


@cache
def _kind(name: str) -> np.dtype[Any]:
    """The type of this name, if it is a number."""
    if _NUMBERS.fullmatch(name) is None:
        raise ValueError(f"no array can be of type {ascii(name)[:40]}")
    return np.dtype(name)


def _arrays(
    described: Any, data: bytes, start: int
) -> tuple[npt.NDArray[Any], ...]:
    """Views of the data, one after the other from a byte on, to its end."""
    arrays: list[npt.NDArray[Any]] = []
    for name, shape in described:
        kind = _kind(name)
        count = 1
        for length in shape:
            if type(length) is not int or not 0 <= length <= len(data):
                raise ValueError("an array is larger than its record")
            count *= length
        array = np.empty(0, kind)
        if count:
            array = np.frombuffer(data, kind, count, start)
        arrays.append(array if len(shape) == 1 else array.reshape(shape))
        start += count * kind.itemsize
    if start != len(data):
        raise ValueError("an array has more bytes than its record describes")
    return tuple(arrays)
