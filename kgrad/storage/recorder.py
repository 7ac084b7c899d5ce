"""Keeps the history: on disk if possible, in memory as long as necessary."""

from __future__ import annotations

import copy
import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path

from kgrad.records import Finding, Snapshot
from kgrad.storage.codec import Encoder
from kgrad.storage.history import RunHistory
from kgrad.storage.loading import Recording, load_file, merge
from kgrad.storage.lock import FolderLock
from kgrad.storage.run_file import RunFileWriter, run_files


class Recorder:
    """Writes a run file while training continues.

    What was written is not kept in memory, so that memory does not grow with
    the run. What cannot be written is kept and retried with each window, so
    that nothing is lost once the disk has room or the folder can be created
    again.

    Args:
        folder: The run folder; see `FolderLock`.
        failed: Called with the exception, once, when writing fails.
        separated: Called, if another process writes to the folder, with who
            it is and with the folder that is written instead.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        failed: Callable[[Exception], None],
        separated: Callable[[str, Path], None] = lambda other, folder: None,
    ) -> None:
        self._asked = folder
        self._failed = failed
        self._separated = separated
        self._lock: FolderLock | None = None
        self._process = os.getpid()
        self._encoder = Encoder()
        self._writer: RunFileWriter | None = None
        self._paths: list[Path] = []
        self._is_told = False
        self._kept: deque[tuple[Snapshot, tuple[Finding, ...]]] = deque()

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Takes the steps of one window and the findings so far."""
        self._kept.append((snapshot, tuple(findings)))
        self._write_kept()

    def close(self) -> None:
        """Tries once more what could not be written; frees the folder."""
        if self._kept:
            self._write_kept()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def history(self, findings: Iterable[Finding]) -> RunHistory:
        """Everything that was written or kept, with these findings.

        Raises:
            FileNotFoundError: If all that was written is gone.
        """
        gone = not any(path.exists() for path in self._paths)
        if self._paths and gone and not self._kept:
            raise FileNotFoundError(
                "The run folder must exist as long as its history is asked "
                "for: what was measured is on disk alone, and was deleted. "
                f"Received: log_dir={os.fspath(self._asked)!r}"
            )
        parts = [load_file(path) for path in self._paths]
        parts.append(Recording([snapshot for snapshot, _ in self._kept]))
        whole = merge(parts)
        return RunHistory(whole.snapshots, findings, whole.damage)

    def _write_kept(self) -> None:
        try:
            while self._kept:
                self._append(*self._kept[0])
                self._kept.popleft()
        except OSError as error:
            if not self._is_told:
                self._is_told = True
                self._failed(error)

    def _append(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Writes all of it or nothing, so that it can be retried."""
        writer = self._ready()
        encoder = copy.copy(self._encoder)
        records = chain(encoder.snapshot(snapshot), encoder.findings(findings))
        writer.append_all(records)
        self._encoder = encoder

    def _ready(self) -> RunFileWriter:
        """The writer of a file that exists and is the last of its folder.

        A forked child begins a file of its own, in a folder of its own.
        """
        if self._process != os.getpid():
            self._process, self._lock = os.getpid(), None
        if self._lock is None or not self._lock.is_good:
            self._lock = FolderLock(self._asked)
            files = run_files(self._lock.folder)
            path = self._writer.path if self._writer else None
            if not files or files[-1] != path:
                self._begin(self._lock)
        elif self._writer is None or not self._writer.path.exists():
            self._begin(self._lock)
        assert self._writer is not None
        return self._writer

    def _begin(self, lock: FolderLock) -> None:
        self._writer = None
        self._writer = RunFileWriter(lock.folder)
        self._encoder = Encoder()
        self._paths.append(self._writer.path)
        if lock.other:
            self._separated(lock.other, lock.folder)
