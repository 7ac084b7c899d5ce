"""How a run went, read in a fraction of the time: no target, no sample.

Every byte is checked. But neither are samples read, nor findings that a later
record replaces; and the windows between two epochs, whose texts differ in
nothing but the time of day, become one.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from kgrad.storage.codec import Decoder
from kgrad.storage.loading import Recording, merge
from kgrad.storage.run_file import BEGINNING, FRAME, MAGIC, Record
from kgrad.storage.run_reader import BAD, decoded, updated_by

_SAMPLE, _WINDOW = BEGINNING + b'sample"', BEGINNING + b'window"'
_PER_STEP = 8 + 3 * 4
"""Bytes of the number of a step, its loss, learning rate and flags."""


def load_outline(paths: Sequence[Path]) -> Recording | None:
    """Losses, epochs, actions and findings; None if a file is not as it was.

    Numbers of targets are NaN, and samples are left out. Of a file that is
    damaged, or just being written, this tells nothing: it has to be read.

    Args:
        paths: The files of a run, in the order in which they were begun.
    """
    try:
        return merge([_Outline(path).read() for path in paths])
    except (OSError, *BAD):
        return None


class _Outline:
    """One file; whatever is not as it should be is one of `BAD`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._decoder = Decoder()
        self._shape = b"", b""
        self._window: Record = ({}, ())
        self._alike: list[bytes] = []

    def read(self) -> Recording:
        """All of it."""
        with open(self._path, "rb") as file:
            left = os.fstat(file.fileno()).st_size - len(MAGIC)
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError("it does not begin like a run file")
            while left:
                body = _body(file, left)
                left -= FRAME.size + len(body)
                self._take(body)
        self._take_windows()
        return Recording(self._decoder.snapshots, self._decoder.findings)

    def _take(self, body: bytes) -> None:
        if body.startswith(_SAMPLE):
            return
        if body.startswith(_WINDOW):
            self._take_window(body)
        elif updated := updated_by(body):
            self._decoder.updates[updated] = body
        else:
            self._take_windows()
            self._decoder.add(*decoded(body))

    def _take_window(self, body: bytes) -> None:
        end = body.index(b"\n")
        seconds = body.index(b'"seconds": ', 0, end)
        shape = body[:seconds], body[body.index(b",", seconds, end) : end]
        if shape != self._shape:
            self._take_windows()
            self._shape, self._window = shape, decoded(body)
        steps, _, _ = self._window[1]
        self._alike.append(body[end + 1 : end + 1 + _PER_STEP * len(steps)])

    def _take_windows(self) -> None:
        """Those that are alike as one."""
        if self._alike:
            content, (steps, numbers, values) = self._window
            count, rows = len(self._alike), len(steps)
            data = np.frombuffer(b"".join(self._alike), np.uint8)
            data = data.reshape(count, _PER_STEP * rows)
            split = steps.itemsize * rows
            of_steps = data[:, :split].copy().view(steps.dtype)
            of_losses = data[:, split:].copy().view(numbers.dtype)
            of_losses = of_losses.reshape(count, *numbers.shape)
            self._decoder.add(
                content,
                (
                    of_steps.ravel(),
                    of_losses.swapaxes(0, 1).reshape(len(numbers), -1),
                    np.broadcast_to(
                        np.array(np.nan, values.dtype),
                        (count * rows, *values.shape[1:]),
                    ),
                ),
            )
        self._alike, self._shape = [], (b"", b"")


def _body(file: BinaryIO, left: int) -> bytes:
    """The next payload, of which every byte is as it was written."""
    if left < FRAME.size:
        raise ValueError("the last record is not complete")
    length, checksum = FRAME.unpack(file.read(FRAME.size))
    if FRAME.size + length > left:
        raise ValueError("its length is not that of a record")
    body = file.read(length)
    if zlib.crc32(body) != checksum:
        raise ValueError("checksum mismatch")
    return body
