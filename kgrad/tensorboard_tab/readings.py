"""Runs in memory, each read on from where the last reading stopped."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from kgrad.storage.history import RunHistory
from kgrad.storage.loading import FileReading, Recording, merge
from kgrad.storage.outline import load_outline

QUIET_SECONDS = 60.0
"""A file that was not written for so long will not be completed."""


def version(paths: Sequence[Path]) -> str:
    """Text that changes whenever reading these files could find more."""
    seen = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        quiet = time.time() - stat.st_mtime > QUIET_SECONDS
        seen.append((path.name, stat.st_ino, stat.st_size, quiet))
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


class LiveRun:
    """A run folder that may still be written; `size` bytes were read of it.

    Safe to be used by several threads: one reads, the others wait for it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[Path, _LiveFile] = {}
        self._seen: object = None
        self.history = RunHistory()
        self.size = 0

    def read(self, paths: Sequence[Path]) -> RunHistory:
        """What the files, in the order in which they were begun, hold now."""
        with self._lock:
            files = {p: self._files.get(p) or _LiveFile(p) for p in paths}
            seen = {path: file.read() for path, file in files.items()}
            if seen != self._seen:
                self._seen = seen
                self._files = files
                parts = [file.recording() for file in files.values()]
                self.history = RunHistory(*merge(parts))
                self.size = sum(file.size for file in files.values())
            return self.history


class Readings:
    """The runs that were asked for, as many as memory allows.

    So many bytes of run files are held at most; the run that was asked for
    last is held whatever its size.
    """

    def __init__(self, limit: int = 2 << 30) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()

    def read(self, name: str, paths: Sequence[Path]) -> RunHistory:
        """What a run holds now."""
        with self._lock:
            run = self._runs.setdefault(name, LiveRun())
            self._runs.move_to_end(name)
        history = run.read(paths)
        with self._lock:
            total = sum(held.size for held in self._runs.values())
            while total > self._limit and len(self._runs) > 1:
                total -= self._runs.popitem(last=False)[1].size
        return history

    def outline(self, name: str, paths: Sequence[Path]) -> RunHistory:
        """What the story of a run shows: sooner, if the run is not held."""
        found = load_outline(paths) if self.held(name) is None else None
        return RunHistory(*found) if found else self.read(name, paths)

    def held(self, name: str) -> RunHistory | None:
        """A run as it was last read, None if it is not in memory."""
        with self._lock:
            run = self._runs.get(name)
        return run.history if run else None


class _LiveFile:
    """One file of a run, as far as it was read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begin()
        self._stat: tuple[int, ...] = ()
        self._error = ""
        self._modified = 0.0
        self.size = 0

    def read(self) -> object:
        """Reads on; what it returns changes when there is something new."""
        self._error = ""
        try:
            stat = self._path.stat()
            seen = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if seen != self._stat:
                if self._stat[:1] not in ((), seen[:1]) or (
                    self._reading.reader.is_replaced()
                ):
                    self._begin()
                self._reading.read()
            self._stat = seen
            self._modified, self.size = stat.st_mtime, stat.st_size
        except OSError as error:
            self._error = f"{self._path} cannot be read: {error.strerror}"
        return self._begun, self._reading.reader.offset, self._damage()

    def recording(self) -> Recording:
        """All that was read."""
        found = self._reading.recording(ended=False)
        return found._replace(damage=self._damage())

    def _begin(self) -> None:
        self._reading = FileReading(self._path)
        self._begun = time.monotonic_ns()

    def _damage(self) -> list[str]:
        if self._error:
            return [self._error]
        quiet = time.time() - self._modified > QUIET_SECONDS
        return self._reading.damage(ended=quiet)
