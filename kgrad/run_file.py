r"""An append-only file of records: the run, as it was measured, on disk.

A record is a line of JSON and, for the steps of a window, the arrays that
it describes. Each is framed by its length and CRC-32, so that a process killed
in the middle of a write loses that record only, and a reader that follows a
live run stops where the writer is. TensorBoard's event files would hold the
same bytes, but TensorBoard would then load every step of every target to
draw a few scalars.

    "kgrad\x01"  ( length:uint32  crc32:uint32  payload )*
    payload = json "\n" array*          (json says each array's type and shape)
"""

from __future__ import annotations

import fnmatch
import json
import math
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

MAGIC = b"kgrad\x01"
SUFFIX = ".kgrad"
_FRAME = struct.Struct("<II")

Record = tuple[dict[str, Any], tuple[npt.NDArray[Any], ...]]


class RunFileWriter:
    """Appends records to a new file of a run folder.

    The file is opened for each record: nothing is left open when training
    crashes, and a folder that was removed meanwhile is noticed.

    Args:
        folder: The run folder; made if it does not exist. The file gets the
            next free number, so that two writers never share one.

    Raises:
        OSError: If the folder or the file cannot be made.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        number = len(run_files(folder))
        while True:
            self.path = folder / f"gradients-{number:04d}{SUFFIX}"
            try:
                with open(self.path, "xb") as file:
                    file.write(MAGIC)
                return
            except FileExistsError:
                number += 1

    def append(
        self,
        content: Mapping[str, Any],
        arrays: Sequence[npt.NDArray[Any]] = (),
    ) -> None:
        """Writes one record and hands it to the operating system.

        Raises:
            OSError: If it cannot be written, for example on a full disk.
        """
        described = {
            **content,
            "arrays": [[array.dtype.str, array.shape] for array in arrays],
        }
        body = json.dumps(described).encode() + b"\n"
        body += b"".join(array.tobytes() for array in arrays)
        frame = _FRAME.pack(len(body), zlib.crc32(body))
        with open(self.path, "r+b") as file:
            file.seek(0, os.SEEK_END)
            file.write(frame + body)


class RunFileReader:
    """Reads the records of one file, from where it stopped the last time.

    Args:
        path: The file.

    Attributes:
        damage: What is wrong with the file, `""` as long as nothing is.
        incomplete: Number of bytes of a last record that is not complete:
            it is still being written, or the writer was killed.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.damage = ""
        self.incomplete = 0
        self._offset = 0
        self._last = (0, MAGIC)

    @property
    def offset(self) -> int:
        """Number of bytes that were read so far."""
        return self._offset

    def is_replaced(self) -> bool:
        """Whether another file now lies where the one that was read lay.

        Then nothing that was read of it holds any more, and a new reader has
        to begin. What the last record began with, its length and checksum,
        is looked for in its place.

        Raises:
            OSError: If the file cannot be read.
        """
        start, expected = self._last
        if not self._offset:
            return False
        with open(self.path, "rb") as file:
            file.seek(start)
            return file.read(len(expected)) != expected

    def read(self) -> Iterator[Record]:
        """The records that have come since the last call.

        Raises:
            OSError: If the file cannot be read.
        """
        if self.damage:
            return
        with open(self.path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            self.incomplete = size - self._offset
            if self._offset == 0 and not self._begin(file):
                return
            file.seek(self._offset)
            while self.incomplete >= _FRAME.size:
                frame = file.read(_FRAME.size)
                length, checksum = _FRAME.unpack(frame)
                if _FRAME.size + length > self.incomplete:
                    return
                record = self._decode(file.read(length), checksum)
                if record is None:
                    return
                self._last = (self._offset, frame)
                self._advance(_FRAME.size + length)
                yield record

    def _begin(self, file: BinaryIO) -> bool:
        magic = file.read(len(MAGIC))
        if magic == MAGIC:
            self._advance(len(MAGIC))
            return True
        if not MAGIC.startswith(magic):
            self.damage = f"{self.path} is not a kgrad run file"
        return False

    def _advance(self, length: int) -> None:
        self._offset += length
        self.incomplete -= length

    def _decode(self, body: bytes, checksum: int) -> Record | None:
        try:
            if zlib.crc32(body) != checksum:
                raise ValueError("checksum mismatch")
            # The arrays are not copied out of the record that was read: they
            # are nearly all of a long run.
            end = body.index(b"\n")
            content = json.loads(body[:end].decode())
            return content, _arrays(content.pop("arrays"), body, end + 1)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self.damage = f"{self.path} at byte {self._offset}: {error}"
            return None


def _arrays(
    described: Sequence[tuple[str, Sequence[int]]], data: bytes, start: int
) -> tuple[npt.NDArray[Any], ...]:
    """Views of the data, one after the other, from a byte on."""
    arrays: list[npt.NDArray[Any]] = []
    for name, shape in described:
        kind = np.dtype(name)
        count = math.prod(shape)
        array = np.empty(0, kind)
        if count:
            array = np.frombuffer(data, kind, count, start)
        arrays.append(array.reshape(shape))
        start += array.nbytes
    return tuple(arrays)


def run_files(folder: str | os.PathLike[str]) -> list[Path]:
    """The run files of a folder, in the order in which they were begun."""
    return sorted(Path(folder).glob(_PATTERN))


def is_run_file(name: str) -> bool:
    """Whether a file of this name is one of a run."""
    return fnmatch.fnmatchcase(name, _PATTERN)


_PATTERN = f"gradients-*{SUFFIX}"
