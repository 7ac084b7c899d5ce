r"""An append-only file of records: the run, as it was measured, on disk.

A record is a line of JSON, followed by the arrays that it describes, such as
the steps of a window. Each is framed by its length and CRC-32, so that a
process killed in the middle of a write loses only that record, and a reader
that follows a live run stops where the writer is. TensorBoard's event files
could hold the same bytes, but TensorBoard would then load every step of every
target to draw a few scalars.

    "kgrad\x01"  ( length:uint32  crc32:uint32  payload )*
    payload = json "\n" array*          (json says each array's type and shape)
"""

from __future__ import annotations

import json
import os
import re
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy.typing as npt

MAGIC = b"kgrad\x01"
SUFFIX = ".kgrad"
FRAME = struct.Struct("<II")
BEGINNING = b'{"kind": "'
"""How every payload begins: a reader looks for it after damage."""

Record = tuple[dict[str, Any], tuple[npt.NDArray[Any], ...]]


class RunFileWriter:
    """Appends records to a new file of a run folder.

    The file is opened for each write: nothing is left open when training
    crashes, and a folder that was removed in between is noticed.

    Args:
        folder: The run folder; created if it does not exist. The file gets
            the next number, so that two writers never share one.

    Raises:
        OSError: If the folder or the file cannot be created.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        number = max(map(file_number, run_files(folder)), default=-1) + 1
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
        self.append_all([(dict(content), tuple(arrays))])

    def append_all(self, records: Iterable[Record]) -> None:
        """Writes several records, all of them or none.

        Raises:
            OSError: If they cannot be written. A part that was written is
                removed again if possible.
        """
        data = b"".join(_framed(*record) for record in records)
        with open(self.path, "r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            try:
                written = 0
                while written < len(data):
                    written += file.write(data[written:])
            except BaseException:
                # Also after an interrupt: the next record begins here.
                with suppress(OSError):
                    file.truncate(end)
                raise


def _framed(
    content: Mapping[str, Any], arrays: Sequence[npt.NDArray[Any]]
) -> bytes:
    described = {
        **content,
        "arrays": [[array.dtype.str, array.shape] for array in arrays],
    }
    parts = [json.dumps(described).encode(), b"\n"]
    parts += [array.tobytes() for array in arrays]
    body = b"".join(parts)
    return FRAME.pack(len(body), zlib.crc32(body)) + body


def run_files(folder: str | os.PathLike[str]) -> list[Path]:
    """The run files of a folder, in the order in which they were created."""
    names = Path(folder).glob(f"gradients-*{SUFFIX}")
    return sorted(
        (path for path in names if is_run_file(path.name)), key=file_number
    )


def is_run_file(name: str) -> bool:
    """Whether this is the name of a run file."""
    return _NAME.fullmatch(name) is not None


def file_number(path: Path) -> int:
    """The number of a run file: later files have larger ones."""
    found = _NAME.fullmatch(path.name)
    assert found is not None
    return int(found[1])


_NAME = re.compile(r"gradients-([0-9]{4,9})" + re.escape(SUFFIX))
